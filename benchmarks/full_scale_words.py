"""The words of the invented release: complaints, drugs, diagnoses and the codes of MIMIC-IV-ED's columns.

Complaints and drugs come from the project's own tables, combined so that there are as many wordings as in a real
release; codes and class names are invented.
"""

from __future__ import annotations

import csv
import io
from importlib import resources

import numpy as np
import polars as pl

from edscribe_pipelines.tables import read_table

_CHOICES: dict[str, dict[str | None, float]] = {
    "gender": {"F": 0.54, "M": 0.46},
    "race": {"WHITE": 0.54, "BLACK/AFRICAN AMERICAN": 0.18, "HISPANIC/LATINO - PUERTO RICAN": 0.08, "OTHER": 0.2},
    "arrival_transport": {"WALK IN": 0.59, "AMBULANCE": 0.37, "UNKNOWN": 0.035, "HELICOPTER": 0.005},
    "disposition": {
        "HOME": 0.57,
        "ADMITTED": 0.37,
        "TRANSFER": 0.016,
        "LEFT WITHOUT BEING SEEN": 0.014,
        "ELOPED": 0.014,
        "OTHER": 0.01,
        "LEFT AGAINST MEDICAL ADVICE": 0.004,
        "EXPIRED": 0.002,
    },
    "acuity": {"1": 0.056, "2": 0.33, "3": 0.53, "4": 0.067, "5": 0.003, None: 0.014},
    "rhythm": {
        None: 0.96,
        "Sinus Rhythm": 0.02,
        "Sinus Tachycardia": 0.01,
        "Atrial Fibrillation": 0.005,
        "afib": 0.005,
    },
    "pain": {
        None: 0.22,
        "0": 0.35,
        "1": 0.01,
        "2": 0.02,
        "3": 0.03,
        "4": 0.03,
        "5": 0.05,
        "6": 0.04,
        "7": 0.05,
        "8": 0.06,
        "9": 0.02,
        "10": 0.04,
        "8/10": 0.005,
        "8.5": 0.005,
        "7-8": 0.005,
        "13": 0.01,
        "unable": 0.02,
        "asleep": 0.015,
        "uta": 0.01,
        "denies": 0.005,
        "o": 0.005,
    },
}
_COMPLAINT_PREFIXES = ("", "", "", "", "L ", "R ", "Acute ", "s/p Fall, ", "? ")
_COMPLAINT_SUFFIXES = ("", "", "", "", ", Transfer", ", n/v", ", Abnormal labs", ", Cough", "/EVAL", ' "on and off"')
_SALTS = ("", " sodium", " HCl", " ER", " [generic]", " sulfate", " (bulk)")
_STRENGTHS = (
    "4mg/1mL 1mL VIAL",
    "325mg TAB",
    "20mg/2mL SYR",
    "1000mL BAG",
    "0.083% 3mL NEB",
    "500mg PREMIX",
    "5mg TAB",
)
_DIAGNOSIS_SUFFIXES = (
    "",
    ", initial encounter",
    ", subsequent encounter",
    ", left side",
    ", right side",
    ' ("chronic")',
)
_CLASSES = 3


class Words:
    """Columns of words, drawn by `chance`."""

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        sample = resources.files("edscribe_pipelines.intake").joinpath("sample_complaints.csv").read_text("utf-8")
        pictures = list(csv.DictReader(io.StringIO(sample)))
        self._complaints = _complaints(pictures)
        self._drugs = {"home": self._coded(_home_drugs()), "dispensed": self._coded(_dispensed_drugs(pictures))}
        self._diagnoses = _diagnoses(pictures)

    def _coded(self, names: list[str]) -> pl.DataFrame:
        codes = self._chance.permutation(80_000)[: len(names)]
        return pl.DataFrame(
            {
                "name": names,
                "gsn": [f"{code:06}" for code in codes],
                "ndc": [f"{code * 90_001:011}" for code in codes],
                "code": codes,
            }
        )

    def pick(self, column: str, count: int) -> pl.Series:
        choices = _CHOICES[column]
        shares = np.array(list(choices.values()))
        drawn = self._chance.choice(len(choices), count, p=shares / shares.sum())
        return pl.Series(list(choices), dtype=pl.String)[drawn]

    def complaints(self, count: int) -> pl.Series:
        """Return complaints: the tables' wordings, a third of them with another, some with a side or a remark."""
        first, second = (self._draw(self._complaints, count) for _ in range(2))
        prefix, suffix = (self._draw(list(words), count) for words in (_COMPLAINT_PREFIXES, _COMPLAINT_SUFFIXES))
        alone = pl.Series(self._chance.random(count) < 0.65)
        return pl.select(pl.when(alone).then(prefix + first).otherwise(first + ", " + second + suffix)).to_series()

    def _draw(self, words: list[str], count: int) -> pl.Series:
        return pl.Series(words)[self._chance.integers(0, len(words), count)]

    def drugs(self, count: int, kind: str) -> pl.DataFrame:
        """Return name, gsn, ndc and a number of each drug, common ones first."""
        known = self._drugs[kind]
        return known[(self._chance.random(count) ** 2 * known.height).astype(np.int64)]

    def classes(self, drugs: pl.Series, rank: np.ndarray) -> dict[str, pl.Series]:
        """Return etccode and etcdescription of each drug's class with that rank."""
        known = self._drugs["home"]
        number = {code: index for index, code in enumerate(known["code"])}
        index = drugs.replace_strict(number, return_dtype=pl.Int64).to_numpy() * _CLASSES + rank - 1
        names = [
            f"{name.title()} and Related Agents - Class {rank} (Oral)" for name in known["name"] for rank in (1, 2, 3)
        ]
        codes = [f"{number:08}" for number in range(len(names))]
        return {"etccode": pl.Series(codes)[index], "etcdescription": pl.Series(names)[index]}

    def diagnoses(self, count: int) -> pl.DataFrame:
        return self._diagnoses[(self._chance.random(count) ** 2 * self._diagnoses.height).astype(np.int64)]


def _complaints(pictures: list[dict[str, str]]) -> list[str]:
    wordings = [wording for picture in pictures for wording in picture["complaint"].split(";")]
    named = [row["complaint"] for row in read_table("complaints.csv")]
    return sorted({*wordings, *(name.capitalize() for name in named), *(name.upper() for name in named)})


def _home_drugs() -> list[str]:
    rows = read_table("drug_names.csv")
    plain = [f"{row['drug']}{salt}" for row in rows for salt in _SALTS]
    branded = [f"{row['drug']} [{name}]" for row in rows for name in row["synonyms"].split(";") if name]
    return sorted({*plain, *branded, "*nutrient drink ", '*vitamin, "daily"'})


def _dispensed_drugs(pictures: list[dict[str, str]]) -> list[str]:
    plain = {name for picture in pictures for name in picture["dispensed"].split(";")}
    return sorted(
        {*plain, *(f"{row['drug'].title()} {form}" for row in read_table("drug_names.csv") for form in _STRENGTHS)}
    )


def _diagnoses(pictures: list[dict[str, str]]) -> pl.DataFrame:
    known = sorted({tuple(entry.split("|")) for picture in pictures for entry in picture["diagnoses"].split(";")})
    tenth = [
        (f"{code}{number or ''}", "10", f"{title}{suffix}")
        for number, suffix in enumerate(_DIAGNOSIS_SUFFIXES)
        for code, title in known
    ]
    ninth = [(f"{number * 37 % 9999:04}", "9", title.upper()[:24].strip()) for number, (_, title) in enumerate(known)]
    return pl.DataFrame([*tenth, *ninth], schema=["icd_code", "icd_version", "icd_title"], orient="row")

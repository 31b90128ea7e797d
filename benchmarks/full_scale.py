"""A release in the shape of MIMIC-IV-ED v2.2 at any scale, of patients that a seed invents.

Run: `python benchmarks/full_scale.py OUT [--share 0.1]`. Row counts and column formats are those of the whole
release; rows come in no order, as in the open demo. It has the demo's quirks: stays without acuity, vital signs
without temperature (44 %) or with one in Celsius, pain in words, a diastolic pressure of 879, ties in charttime,
charting after the departure, codes with leading zeros, a drug once for each of its classes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from full_scale_words import Words

from edscribe_pipelines.intake.mimic.release import SYNTHETIC_MARK, TABLES

ROWS = {
    "edstays": 425_087,
    "triage": 425_087,
    "vitalsign": 1_564_610,
    "medrecon": 2_987_342,
    "pyxis": 1_586_053,
    "diagnosis": 899_050,
}
PATIENTS = 205_000
SEED = 20_260_101
_NOTICE = "Invented patients, written by benchmarks/full_scale.py. Not MIMIC data.\n"
_FIRST_ID = {"subject_id": 10_000_000, "hadm_id": 20_000_000, "stay_id": 30_000_000}
_EPOCH_2110, _EPOCH_2200 = 4_417_977_600, 7_258_118_400
_MINUTE = 60


def write_release(out: Path, share: float = 1.0, seed: int = SEED) -> Path:
    """Write `share` of the full size as six tables under `out/ed`, and return `out`."""
    (out / "ed").mkdir(parents=True, exist_ok=True)
    (out / SYNTHETIC_MARK).write_text(_NOTICE, encoding="utf-8")
    tables = _Tables(np.random.default_rng(seed), {name: max(1, round(n * share)) for name, n in ROWS.items()}, share)
    for name, columns in TABLES.items():
        frame: pl.DataFrame = getattr(tables, name)()
        frame.select(columns).write_csv(out / "ed" / f"{name}.csv.gz", compression="gzip", compression_level=6)
    return out


class _Tables:
    """The six tables; all but edstays draw their stays at random."""

    def __init__(self, chance: np.random.Generator, rows: dict[str, int], share: float) -> None:
        self._chance, self._rows, self._words = chance, rows, Words(chance)
        self._count = rows["edstays"]
        patients = max(1, round(PATIENTS * share))
        patient = self._skewed(patients, self._count)
        self._subject = self._ids("subject_id", patients)[patient]
        self._gender = self._words.pick("gender", patients)[patient]
        self._stay = self._ids("stay_id", self._count)
        self._arrival = chance.integers(_EPOCH_2110, _EPOCH_2200, self._count) // _MINUTE * _MINUTE
        self._length = np.clip(chance.lognormal(5.7, 0.6, self._count), 20, 4000).astype(np.int64) * _MINUTE

    def _ids(self, kind: str, count: int) -> np.ndarray:
        return _FIRST_ID[kind] + self._chance.choice(9_999_999, count, replace=False)

    def _skewed(self, population: int, count: int, power: float = 1.3) -> np.ndarray:
        """Draw `count` members of a population, the first ones far more often than the last."""
        return (self._chance.random(count) ** power * population).astype(np.int64)

    def _of_stays(self, stays: np.ndarray) -> dict[str, np.ndarray]:
        return {"subject_id": self._subject[stays], "stay_id": self._stay[stays]}

    def edstays(self) -> pl.DataFrame:
        count, pick = self._count, self._words.pick
        admitted = self._chance.random(count) < 0.47
        seconds = self._chance.integers(0, 60, count)
        return pl.DataFrame(
            {
                **self._of_stays(np.arange(count)),
                "hadm_id": _where(admitted, pl.Series(self._ids("hadm_id", count))),
                "intime": _times(self._arrival),
                "outtime": _times(self._arrival + self._length + seconds),
                "gender": self._gender,
                "race": pick("race", count),
                "arrival_transport": pick("arrival_transport", count),
                "disposition": pick("disposition", count),
            }
        )

    def triage(self) -> pl.DataFrame:
        stays = self._chance.permutation(self._count)
        rows = {
            **self._of_stays(stays),
            **self._vital_signs(self._count, without_temperature=0.06),
            "acuity": self._words.pick("acuity", self._count),
            "chiefcomplaint": self._words.complaints(self._count),
        }
        return pl.DataFrame(rows)

    def vitalsign(self) -> pl.DataFrame:
        count = self._rows["vitalsign"]
        stays = self._chance.permutation(self._count)[self._skewed(self._count, count)]
        charted = self._during(stays, late=0.04)
        tied = self._chance.random(count) < 0.02
        rows = {
            **self._of_stays(stays),
            "charttime": _times(np.where(tied, self._arrival[stays] + 60 * _MINUTE, charted)),
            **self._vital_signs(count, without_temperature=0.44),
            "rhythm": self._words.pick("rhythm", count),
        }
        return pl.DataFrame(rows)

    def _during(self, stays: np.ndarray, late: float) -> np.ndarray:
        """Return a time to the minute within each stay, a share `late` of them after it."""
        part = self._chance.random(len(stays)) + (self._chance.random(len(stays)) < late)
        return self._arrival[stays] + (part * self._length[stays]).astype(np.int64) // _MINUTE * _MINUTE

    def _vital_signs(self, count: int, without_temperature: float) -> dict[str, pl.Series]:
        chance = self._chance
        degf = chance.normal(98.2, 0.9, count)
        celsius = chance.random(count) < 0.01
        temperature = pl.Series(np.round(np.where(celsius, (degf - 32) / 1.8, degf), 1)).cast(pl.String)
        sbp = np.clip(chance.normal(134, 22, count), 62, 260).round()
        dbp = (sbp * chance.uniform(0.45, 0.7, count)).round()
        whole = {
            "heartrate": np.clip(chance.normal(84, 16, count), 30, 200),
            "resprate": np.clip(chance.normal(17, 2.5, count), 8, 40),
            "o2sat": np.clip(chance.normal(98, 2, count), 70, 100),
            "sbp": np.where(chance.random(count) < 0.0005, 11, sbp),
            "dbp": np.where(chance.random(count) < 0.0005, 879, dbp),
        }
        return {
            "temperature": _where(chance.random(count) > without_temperature, temperature.str.strip_suffix(".0")),
            **{name: self._charted(values) for name, values in whole.items()},
            "pain": self._words.pick("pain", count),
        }

    def _charted(self, values: np.ndarray) -> pl.Series:
        return _where(self._chance.random(len(values)) > 0.05, pl.Series(values.round().astype(np.int32)))

    def medrecon(self) -> pl.DataFrame:
        count = self._rows["medrecon"]
        classes = self._chance.choice([1, 1, 1, 2, 3], count)
        drugs = np.repeat(np.arange(count), classes)[:count]
        stays = self._chance.permutation(self._count)[self._skewed(self._count, count)]
        names = self._words.drugs(count, "home")
        rank = np.arange(count) - np.searchsorted(drugs, drugs) + 1
        rows = {
            **self._of_stays(stays[drugs]),
            "charttime": _times(self._arrival[stays[drugs]] + drugs % 40 * _MINUTE),
            "etc_rn": rank,
        }
        return pl.DataFrame(rows).hstack(names[drugs]).with_columns(**self._words.classes(names["code"][drugs], rank))

    def pyxis(self) -> pl.DataFrame:
        count = self._rows["pyxis"]
        codes = self._chance.choice([1, 1, 1, 1, 2], count)
        dispensings = np.repeat(np.arange(count), codes)[:count]
        stays = self._chance.permutation(self._count)[self._skewed(self._count, count)]
        charted = self._during(stays, late=0.005)
        rows = {
            **self._of_stays(stays[dispensings]),
            "charttime": _times(charted[dispensings]),
            "med_rn": dispensings % 17 + 1,
            "gsn_rn": np.arange(count) - np.searchsorted(dispensings, dispensings) + 1,
        }
        return pl.DataFrame(rows).hstack(self._words.drugs(count, "dispensed")[dispensings])

    def diagnosis(self) -> pl.DataFrame:
        count = self._rows["diagnosis"]
        stays = np.concatenate([np.arange(self._count), self._skewed(self._count, max(0, count - self._count))])
        frame = pl.DataFrame(self._of_stays(stays[:count])).hstack(self._words.diagnoses(count))
        ranked = frame.with_columns(seq_num=pl.int_range(1, pl.len() + 1).over("stay_id"))
        return ranked[self._chance.permutation(count)]


def _times(seconds: np.ndarray) -> pl.Series:
    return pl.from_epoch(pl.Series(seconds)).dt.strftime("%Y-%m-%d %H:%M:%S")


def _where(present: np.ndarray, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(present)).then(values)).to_series()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the full size")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    print(f"{write_release(options.out, options.share, options.seed)} holds {options.share:g} of the full size")


if __name__ == "__main__":
    main()

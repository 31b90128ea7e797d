"""A small MIMIC-IV-ED-shaped release of invented patients, and a few invented notes.

Seeded, so two runs write the same bytes. It has the quirks of the real tables: Celsius among
Fahrenheit, pain in words, values that cannot be true, charting after departure, ties in charttime, a
drug once for each of its classes, stays without acuity, one patient with many stays.
Complaints with their usual drugs and diagnoses are rows of `sample_complaints.csv`.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

import yaml

from edscribe_pipelines.files import commit_file, write_jsonl
from edscribe_pipelines.intake.mimic.release import SYNTHETIC_MARK, TABLES

_NOTICE = "Invented patients, written by edscribe_pipelines.intake.sample. Not MIMIC data.\n"
_PAIN_WORDS = ("unable", "uta", "asleep", "ett", "13", "UA", "denies")
_RHYTHMS = ("Sinus Rhythm", "Sinus Tachycardia", "Atrial Fibrillation", "afib", "")
_DISPOSITIONS = ("HOME",) * 10 + ("ADMITTED",) * 12 + ("TRANSFER", "LEFT AGAINST MEDICAL ADVICE", "ELOPED", "OTHER")
_TRANSPORTS = ("AMBULANCE", "WALK IN", "WALK IN", "UNKNOWN", "OTHER")
_FIRST_SUBJECT, _FIRST_STAY = 10_900_000, 38_000_000
_PATIENTS_WITH_ONE_STAY, _STAYS_OF_THE_FREQUENT = 40, 11

Row = dict[str, object]


def write_sample(folder: Path, seed: int = 2026, patients: int = 64) -> None:
    """Write `mimic/` (six tables under `ed/`) and `notes/` into `folder`."""
    tables = _Tables(random.Random(seed))
    for number in range(patients):
        tables.add_patient(number)
    for table, columns in TABLES.items():
        _write_table(folder / "mimic" / "ed" / f"{table}.csv.gz", columns, tables.rows[table])
    write_jsonl(folder / "notes" / "notes.jsonl", _notes())
    for batch in ("mimic", "notes"):
        (folder / batch / SYNTHETIC_MARK).write_text(_NOTICE, encoding="utf-8")


def _notes() -> list[Row]:
    return yaml.safe_load(_resource("sample_notes.yaml"))


def _complaints() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_resource("sample_complaints.csv"))))


def _resource(name: str) -> str:
    return resources.files("edscribe_pipelines.intake").joinpath(name).read_text(encoding="utf-8")


def _write_table(path: Path, columns: Iterable[str], rows: list[Row]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with commit_file(path) as staged:
        staged.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


class _Tables:
    """The six tables while they grow by patients and stays."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._complaints = _complaints()
        self._stays = 0
        self.rows: dict[str, list[Row]] = {table: [] for table in TABLES}

    def add_patient(self, number: int) -> None:
        subject: Row = {"subject_id": _FIRST_SUBJECT + 37 * number}
        gender = self._chance.choice("FM")
        history = self._chance.sample(self._complaints, 3)
        home = sorted({drug for row in history for drug in row["home_medications"].split(";")})
        for _ in range(self._stays_of(number)):
            self._add_stay(subject, gender, home)

    def _stays_of(self, number: int) -> int:
        if number == 0:
            return _STAYS_OF_THE_FREQUENT
        return 1 if number < _PATIENTS_WITH_ONE_STAY else self._chance.randint(2, 6)

    def _add_stay(self, subject: Row, gender: str, home: list[str]) -> None:
        chance, row = self._chance, self._chance.choice(self._complaints)
        ids: Row = {**subject, "stay_id": _FIRST_STAY + 101 * self._stays}
        self._stays += 1
        arrival = datetime(2150, 1, 1) + timedelta(minutes=chance.randrange(60 * 24 * 365 * 30))
        stay = timedelta(minutes=chance.randint(70, 700))
        unseen = chance.random() < 0.02
        self.rows["edstays"].append(
            {
                **ids,
                "hadm_id": chance.choice(("", 25_000_000 + self._stays)),
                "intime": arrival,
                "outtime": arrival + stay,
                "gender": gender,
                "race": "UNKNOWN",
                "arrival_transport": chance.choice(_TRANSPORTS),
                "disposition": "LEFT WITHOUT BEING SEEN" if unseen else chance.choice(_DISPOSITIONS),
            }
        )
        self._add_triage(ids, row)
        self._add_vitals(ids, row, arrival, stay)
        self._add_drugs(ids, row, arrival, stay, home)
        self._add_diagnoses(ids, row)

    def _vitals(self, row: dict[str, str]) -> Row:
        chance = self._chance
        sbp = round(chance.gauss(float(row["sbp"]), 14))
        temperature = chance.gauss(float(row["temperature"]), 0.6)
        celsius = chance.random() < 0.04
        vitals: Row = {
            "temperature": round((temperature - 32) / 1.8, 1) if celsius else round(temperature, 1),
            "heartrate": round(chance.gauss(float(row["heartrate"]), 10)),
            "resprate": chance.randint(14, 24),
            "o2sat": chance.randint(92, 100),
            "sbp": sbp,
            "dbp": round(sbp * chance.uniform(0.5, 0.7)),
            "pain": chance.choice(_PAIN_WORDS) if chance.random() < 0.15 else chance.randint(0, 10),
        }
        return {name: "" if chance.random() < 0.06 else value for name, value in vitals.items()}

    def _add_triage(self, ids: Row, row: dict[str, str]) -> None:
        chance = self._chance
        vitals = self._vitals(row)
        if chance.random() < 0.02:
            vitals["dbp"] = 879
        acuity = "" if chance.random() < 0.06 else chance.choice(row["acuity"])
        complaint = "UNKNOWN-CC" if chance.random() < 0.01 else chance.choice(row["complaint"].split(";"))
        self.rows["triage"].append({**ids, **vitals, "acuity": acuity, "chiefcomplaint": complaint})

    def _add_vitals(self, ids: Row, row: dict[str, str], arrival: datetime, stay: timedelta) -> None:
        chance = self._chance
        times = sorted(arrival + stay * chance.random() for _ in range(chance.randint(1, 5)))
        if chance.random() < 0.2:
            times.append(arrival + stay + timedelta(minutes=40))
        if chance.random() < 0.1:
            times.append(times[-1])
        for charted in times:
            vitals = self._vitals(row)
            if chance.random() < 0.4:
                vitals["temperature"] = ""
            if chance.random() < 0.01:
                vitals.update(chance.choice(({"sbp": 11}, {"o2sat": 10})))
            rhythm = chance.choice(_RHYTHMS) if chance.random() < 0.1 else ""
            self.rows["vitalsign"].append({**ids, **vitals, "charttime": _minute(charted), "rhythm": rhythm})

    def _add_drugs(self, ids: Row, row: dict[str, str], arrival: datetime, stay: timedelta, home: list[str]) -> None:
        chance = self._chance
        for name in home:
            for etc_rn in range(1, chance.choice((2, 2, 3))):
                codes = {
                    "gsn": f"{chance.randrange(80_000):06}",
                    "ndc": f"{chance.randrange(10**11):011}",
                    "etc_rn": etc_rn,
                }
                self.rows["medrecon"].append({**ids, "charttime": _minute(arrival), "name": name, **codes})
        given = row["dispensed"].split(";")
        for med_rn, name in enumerate(chance.sample(given, chance.randint(1, len(given))), start=1):
            codes = {"med_rn": med_rn, "gsn_rn": 1, "gsn": f"{chance.randrange(80_000):06}"}
            charted = _minute(arrival + stay * chance.uniform(0.05, 0.95))
            self.rows["pyxis"].append({**ids, "charttime": charted, "name": name, **codes})

    def _add_diagnoses(self, ids: Row, row: dict[str, str]) -> None:
        possible = [entry.split("|") for entry in row["diagnoses"].split(";")]
        for rank, (code, title) in enumerate(self._chance.sample(possible, self._chance.randint(1, 2)), start=1):
            coded = {"seq_num": rank, "icd_code": code, "icd_version": 10, "icd_title": title}
            self.rows["diagnosis"].append({**ids, **coded})


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)

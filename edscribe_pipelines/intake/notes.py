"""Physicians' own notes: what arrived, and the encounters they make.

A batch is a folder of `.jsonl` files, one note a line, and `.txt` files, one note each. A line holds
`note_id`, `patient_id`, `authorisation_id` and `text`, and may hold `known_identifiers` (kind and value
of everybody and everything that the record names) and `facts` (fields of `records.Encounter`).
File names may name patients, so errors count files instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NotRequired

import orjson
import polars as pl
from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.note import split_sections
from edscribe_pipelines.clinical.records import (
    ENCOUNTER_SCHEMA,
    NO_VITAL_SIGNS,
    Administered,
    Diagnosis,
    Dispensed,
    HomeMedication,
    Identifier,
    PhiEncounter,
    TimedVitalSigns,
    VitalSigns,
    to_frame,
    validate,
)
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.release import SYNTHETIC_MARK

ISSUER = "physician-notes"
_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)


@with_config(_STRICT)
class NoteFacts(TypedDict, total=False):
    """What a record system exports beside a note; each field as in `records.Encounter`."""

    sex: str | None
    age_years: int | None
    arrival_transport: str | None
    chief_complaint: str | None
    triage_acuity: int | None
    triage: VitalSigns
    vitals: list[TimedVitalSigns]
    home_medications: list[HomeMedication]
    dispensed: list[Dispensed]
    administered: list[Administered]
    diagnoses: list[Diagnosis]
    disposition: str | None
    minutes_in_ed: int | None


@with_config(_STRICT)
class NoteLine(TypedDict):
    """A line of a batch."""

    note_id: str
    patient_id: str
    authorisation_id: str
    text: str
    known_identifiers: NotRequired[list[Identifier]]
    facts: NotRequired[NoteFacts]


class RawNote(TypedDict):
    """A note as it arrived; PHI zone."""

    note_id: str
    patient_id: str
    authorisation_id: str
    text: str
    known_identifiers: list[Identifier]
    facts_json: str
    data_use: str
    content_hash: str


def read_notes(folder: Path) -> pl.DataFrame:
    """Return the folder's notes as `RawNote` rows, in the order of file names.

    Raises BadInput counting the file, with line and field, where a note cannot be read.
    """
    if not folder.is_dir():
        raise BadInput(str(folder), "not a folder", remedy="Name the folder that holds the notes.")
    data_use = "synthetic" if (folder / SYNTHETIC_MARK).is_file() else "institutional"
    files = sorted(
        path for path in folder.iterdir() if path.suffix.lower() in (".jsonl", ".txt") and path.name != SYNTHETIC_MARK
    )
    rows: list[RawNote] = []
    for number, path in enumerate(files, start=1):
        place = f"note file {number} of {len(files)} ({path.suffix})"
        lines = _lines(path, place) if path.suffix.lower() == ".jsonl" else _whole(path, place)
        rows += [_raw(line, data_use) for line in lines]
    _refuse_repeated_ids(rows)
    return to_frame(RawNote, rows)


def _lines(path: Path, place: str) -> Iterator[NoteLine]:
    for number, (_, row) in enumerate(read_jsonl(path, name=place), start=1):
        yield validate(NoteLine, row, f"{place}, note {number}")


def _whole(path: Path, place: str) -> Iterator[NoteLine]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadInput(place, "not UTF-8", remedy="Save the note as UTF-8 text.") from None
    yield {"note_id": path.stem, "patient_id": path.stem, "authorisation_id": "folder", "text": text}


def _raw(line: NoteLine, data_use: str) -> RawNote:
    facts_json = orjson.dumps(line.get("facts", {}), option=orjson.OPT_SORT_KEYS).decode()
    content = "\x1f".join([line["note_id"], line["patient_id"], line["text"], facts_json])
    return {
        "note_id": line["note_id"],
        "patient_id": line["patient_id"],
        "authorisation_id": line["authorisation_id"],
        "text": line["text"],
        "known_identifiers": line.get("known_identifiers", []),
        "facts_json": facts_json,
        "data_use": data_use,
        "content_hash": hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def _refuse_repeated_ids(rows: list[RawNote]) -> None:
    places: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if row["note_id"] in places:
            raise BadInput(
                f"notes {places[row['note_id']]} and {number} of the batch",
                "the same note twice",
                field="note_id",
                remedy="Give each note an id of its own.",
            )
        places[row["note_id"]] = number


def note_encounters(notes: pl.DataFrame, vault: IdVault) -> pl.DataFrame:
    """Return a `PhiEncounter` for each `RawNote`."""
    encounter_ids = vault.ids_for("encounter", ISSUER, notes["note_id"])
    patient_keys = vault.ids_for("patient", ISSUER, notes["patient_id"])
    rows = [
        _encounter(note, encounter_id, patient_key)
        for note, encounter_id, patient_key in zip(
            notes.iter_rows(named=True), encounter_ids, patient_keys, strict=True
        )
    ]
    return to_frame(PhiEncounter, rows)


def _encounter(note: dict[str, Any], encounter_id: str, patient_key: str) -> PhiEncounter:
    facts = {**facts_in_text(note["text"]), **orjson.loads(note["facts_json"])}
    return {
        "schema": ENCOUNTER_SCHEMA,
        "encounter_id": encounter_id,
        "patient_key": patient_key,
        "source": "notes",
        "data_use": note["data_use"],
        "sex": facts.get("sex"),
        "age_years": facts.get("age_years"),
        "arrival_transport": facts.get("arrival_transport"),
        "chief_complaint": facts.get("chief_complaint"),
        "triage_acuity": facts.get("triage_acuity"),
        "triage": facts.get("triage", NO_VITAL_SIGNS),
        "vitals": facts.get("vitals", []),
        "home_medications": facts.get("home_medications", []),
        "dispensed": facts.get("dispensed", []),
        "administered": facts.get("administered", []),
        "excerpts": [],
        "diagnoses": facts.get("diagnoses", []),
        "disposition": facts.get("disposition"),
        "minutes_in_ed": facts.get("minutes_in_ed"),
        "set_aside": [],
        "note": note["text"],
        "note_origin": "physician",
        "revises": None,
        "arrival_time": None,
        "source_ids": [
            {"kind": "note_id", "value": note["note_id"]},
            {"kind": "patient_id", "value": note["patient_id"]},
        ],
        "known_identifiers": note["known_identifiers"],
    }


_AGE_AND_SEX = re.compile(
    r"\b(?P<age>\d{1,3})[- ]?(?:year[- ]?old|years?[- ]old|y/?o|yo)\b\s*(?P<sex>woman|female|f|man|male|m)?\b", re.I
)
_AGAINST_ADVICE = re.compile(r"\bAMA\b|against medical advice", re.I)
_DISPOSITION_WORDS = {
    "TRANSFER": re.compile(r"(?<!not )\btransfer", re.I),
    "ADMITTED": re.compile(r"(?<!not )\badmit(?:ted)?\b|(?<!no )\badmission", re.I),
    "HOME": re.compile(r"(?<!not )\bdischarged?\b|\bd/c\b|\bhome\b", re.I),
}


def facts_in_text(text: str) -> NoteFacts:
    """Return what the note itself states plainly: complaint, age, sex and disposition."""
    sections = split_sections(text)
    facts: NoteFacts = {}
    if sections.get("Chief Complaint"):
        facts["chief_complaint"] = sections["Chief Complaint"].splitlines()[0].strip().rstrip(".")
    described = _AGE_AND_SEX.search(text)
    if described:
        facts["age_years"] = int(described["age"])
        if described["sex"]:
            facts["sex"] = "F" if described["sex"].lower() in ("woman", "female", "f") else "M"
    disposition = _stated_disposition(sections.get("Disposition", ""))
    if disposition:
        facts["disposition"] = disposition
    return facts


def _stated_disposition(section: str) -> str | None:
    """Return the disposition named first: what follows is often what was not done, or what comes later."""
    if _AGAINST_ADVICE.search(section):
        return "LEFT AGAINST MEDICAL ADVICE"
    places = {match.start(): name for name, words in _DISPOSITION_WORDS.items() if (match := words.search(section))}
    return places[min(places)] if places else None

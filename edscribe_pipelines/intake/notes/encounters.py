"""Physicians' own notes: what arrived, and the encounters they make.

A batch is a folder, or a `gs://bucket/prefix`, of

- `.jsonl`: one note a line with `note_id`, `patient_id`, `text`, and where the record system has them
  `authorisation_id`, `known_identifiers` (kind and value of everybody and everything that the record names)
  and `facts` (fields of `records.Encounter`);
- `.txt`, in whatever encoding, and `.docx`: one note each;
- `.json` and `.ndjson`: FHIR R4 DocumentReference, alone or in a Bundle, or one a line.

Every note carries the id of the authorisation under which the hospital released it: its line's, else that of
the batch's manifest (`batch.json`, see `batch`), else `EDSCRIBE_NOTES_AUTHORISATION`. Without one it is not used.

Nothing is dropped, and no note fails a month: what cannot be taken in becomes an encounter without a note,
set aside with its reason (`refusals.Reason`), and goes to quarantine. `RawNote.place` tells where it stands.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.records import (
    ENCOUNTER_SCHEMA,
    NO_VITAL_SIGNS,
    DataUse,
    Identifier,
    PhiEncounter,
    to_frame,
)
from edscribe_pipelines.clinical.stated.note_facts import facts_in_note
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.notes.batch import Batch, describes_batch, read_batch
from edscribe_pipelines.intake.notes.found_notes import FoundNote, RefusedNote
from edscribe_pipelines.intake.notes.note_files import notes_in
from edscribe_pipelines.intake.notes.note_folder import note_files

ISSUER = "physician-notes"


class RawNote(TypedDict):
    """A note as it arrived; PHI zone. Of one that was refused `text` is None, and both ids are its hash.

    `place` is file and line, and may name a patient.
    """

    note_id: str
    patient_id: str
    authorisation_id: str | None
    text: str | None
    known_identifiers: list[Identifier]
    facts_json: str
    data_use: DataUse
    content_hash: str
    refusal: str | None
    place: str


def read_notes(source: str | Path, authorisation_id: str | None = None) -> pl.DataFrame:
    """Return the batch as `RawNote` rows in the order of file names; a note sent twice counts once.

    `authorisation_id` holds where neither a note nor its batch names one. Of different notes with one id the
    first is taken. Raises BadInput where there is no such place, or a manifest that is none.
    """
    files = note_files(str(source))
    batch = read_batch(files, authorisation_id)
    notes = [file for file in files if not describes_batch(file)]
    if not notes and not Path(source).is_dir():
        # An empty folder is a month without notes, but in a bucket a prefix without any does not exist.
        raise BadInput(str(source), "holds no note", remedy="Name the folder that holds the notes.")
    rows: dict[str, RawNote] = {}
    first: dict[str, str] = {}
    for found in (each for file in notes for each in notes_in(file)):
        row = _raw(found, batch)
        if first.setdefault(row["note_id"], row["content_hash"]) != row["content_hash"]:
            row = _refused(RefusedNote("same_id_twice", row["place"], row["content_hash"]), batch)
        rows.setdefault(row["content_hash"], row)
    return to_frame(RawNote, list(rows.values()))


def _raw(found: FoundNote | RefusedNote, batch: Batch) -> RawNote:
    if isinstance(found, RefusedNote):
        return _refused(found, batch)
    patient_id = found.patient_id or batch["patients"].get(found.place, found.note_id)
    facts_json = orjson.dumps(found.facts, option=orjson.OPT_SORT_KEYS).decode()
    content_hash = _hash(found.note_id, patient_id, found.text, facts_json)
    authorisation_id = found.authorisation_id or batch["authorisation_id"]
    if not authorisation_id:
        return _refused(RefusedNote("no_authorisation", found.place, content_hash), batch)
    return {
        "note_id": found.note_id,
        "patient_id": patient_id,
        "authorisation_id": authorisation_id,
        "text": found.text,
        "known_identifiers": found.known_identifiers,
        "facts_json": facts_json,
        "data_use": batch["data_use"],
        "content_hash": content_hash,
        "refusal": None,
        "place": found.place,
    }


def _refused(note: RefusedNote, batch: Batch) -> RawNote:
    """Return the row of a refusal. Its hash is not that of the note, which may arrive yet, mended or authorised."""
    content_hash = _hash("refused", note.reason, note.content)
    return {
        "note_id": content_hash,
        "patient_id": content_hash,
        "authorisation_id": None,
        "text": None,
        "known_identifiers": [],
        "facts_json": "{}",
        "data_use": batch["data_use"],
        "content_hash": content_hash,
        "refusal": note.reason,
        "place": note.place,
    }


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def count_refusals(notes: pl.DataFrame) -> dict[str, int]:
    """Return how many `RawNote` rows were refused, and how many for each reason."""
    reasons = Counter(notes["refusal"].drop_nulls())
    return {"refused": reasons.total(), **{f"refused_{reason}": reasons[reason] for reason in sorted(reasons)}}


def note_encounters(notes: pl.DataFrame, vault: IdVault) -> pl.DataFrame:
    """Return a `PhiEncounter` for each `RawNote`; one without a note where it was refused."""
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
    stated = facts_in_note(note["text"]) if note["text"] is not None else {}
    facts = {**stated, **orjson.loads(note["facts_json"])}
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
        "confirmed_doses": facts.get("confirmed_doses", []),
        "excerpts": [],
        "diagnoses": facts.get("diagnoses", []),
        "disposition": facts.get("disposition"),
        "minutes_in_ed": facts.get("minutes_in_ed"),
        "set_aside": [{"field": "note", "reason": note["refusal"]}] if note["refusal"] else [],
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

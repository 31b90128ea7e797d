"""The two ways out: an asset's encounters with their gated notes, and JSON Lines on the command line."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import filterfalse
from pathlib import Path
from typing import Any

from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.records import (
    ENCOUNTER_SCHEMA,
    DeidentifiedNote,
    Encounter,
    NoteOrigin,
    Tier,
    validate,
    with_absent_facts,
)
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.errors import BadInput, CorpusInvariant
from edscribe_pipelines.fhir.models import Model
from edscribe_pipelines.fhir.ndjson import NdjsonFolder
from edscribe_pipelines.fhir.note import Note, by_whom
from edscribe_pipelines.fhir.validation import Problem
from edscribe_pipelines.files import commit_folder

_log = logging.getLogger(__name__)

_TIERS: dict[NoteOrigin | None, Tier] = {"physician": "physician", "template": "rendered", "model": "drafted"}
_FACTS = (
    "sex",
    "age_years",
    "arrival_transport",
    "chief_complaint",
    "triage_acuity",
    "vitals",
    "home_medications",
    "dispensed",
    "administered",
    "diagnoses",
    "disposition",
    "minutes_in_ed",
)
"""The fields of a stay that become resources or parts of them, but for its triage."""

_REMEDY = "Ids are up to 40 of A-Z a-z 0-9 - . and come once; text is not blank; no field is a date; ESI is 1 to 5."


def export_ndjson(encounters: Iterable[dict[str, Any]], notes: Mapping[str, Note], folder: Path) -> dict[str, int]:
    """Write the resources of `encounters` and their gated `notes` (by encounter_id) into `folder`, with the list of
    stays, and return the number of each type. A note that could not be read gives none.

    Raises CorpusInvariant with the broken rules and their counts where a resource is invalid.
    """
    problems: Counter[str] = Counter()
    with NdjsonFolder(folder, lists_stays=True) as target:
        for encounter in filterfalse(_is_unread_note, encounters):
            problems.update(_rules(target.write_stay(encounter, notes.get(encounter["encounter_id"]))))
    if problems:
        broken = ", ".join(f"{rule} ({count})" for rule, count in sorted(problems.items()))
        raise CorpusInvariant(f"FHIR export: resources break {broken}. Nothing was stored.")
    return target.counts()


def jsonl_to_fhir(
    rows: Iterable[tuple[str, dict[str, Any]]], out_dir: Path, model: Model | None = None
) -> dict[str, int]:
    """Write the resources of the encounters in `rows` (place, object) to `out_dir`, all or nothing, and
    return the number of each type. A `note` of twelve sections becomes a Composition; `model` is what wrote those that
    a model wrote. Of a stay and rows that revise it only the last that has such a note counts.

    Raises BadInput naming the place of a row that is no encounter or gives an invalid resource.
    """
    if out_dir.exists() and (not out_dir.is_dir() or any(out_dir.iterdir())):
        raise BadInput(str(out_dir), "exists and is not an empty folder", remedy="Name a new folder or empty it.")
    read = _of_stays([(place, _encounter(place, row)) for place, row in rows])
    notes = {encounter["encounter_id"]: _note(encounter) for _, encounter in read}
    with commit_folder(out_dir) as folder, NdjsonFolder(folder) as target:
        for place, encounter in _that_stand(read):
            note = notes[encounter["encounter_id"]]
            written = note and by_whom(note, notes.get(encounter["revises"]), model)
            if broken := sorted(set(_rules(target.write_stay(encounter, written)))):
                raise BadInput(place, f"gives resources that break {', '.join(broken)}", remedy=_REMEDY)
    if left_out := sum(bool(encounter["note"]) and not _has_all_sections(encounter) for _, encounter in read):
        _log.warning("%d notes without the twelve sections became no Composition", left_out)
    return target.counts()


def _of_stays(read: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows, each correction as one of the stay itself, also where it corrects a correction.

    Raises BadInput where a correction names another patient than its stay.
    """
    rows = {encounter["encounter_id"]: encounter for _, encounter in read}
    found = []
    for place, encounter in read:
        stay, seen = encounter["revises"], {encounter["encounter_id"]}
        while stay in rows and rows[stay]["revises"] and stay not in seen:
            seen.add(stay)
            stay = rows[stay]["revises"]
        if stay in rows and rows[stay]["patient_key"] != encounter["patient_key"]:
            raise BadInput(place, "another patient than that of the stay that it revises", field="patient_key")
        found.append((place, encounter | {"revises": stay}))
    return found


def _that_stand(read: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the stays, each as its last correction with a note of twelve sections left it."""
    corrections = {
        encounter["revises"]: encounter["encounter_id"]
        for _, encounter in read
        if encounter["revises"] and _has_all_sections(encounter)
    }
    for place, encounter in read:
        revised, own = encounter["revises"], encounter["encounter_id"]
        is_last = corrections.get(revised) == own if revised else own not in corrections
        if is_last and not _is_unread_note(encounter):
            yield place, encounter


def _is_unread_note(encounter: dict[str, Any]) -> bool:
    """Whether the row only tells that a note arrived that could not be read."""
    unread = encounter["note"] is None and any(aside["field"] == "note" for aside in encounter["set_aside"])
    measured = any(value is not None for value in encounter["triage"].values())
    return unread and not measured and not any(encounter[fact] for fact in _FACTS)


def _rules(problems: Iterable[Problem]) -> list[str]:
    return [f"{problem.resource_type} {problem.rule}" for problem in problems]


def _encounter(place: str, row: dict[str, Any]) -> dict[str, Any]:
    record, given = (DeidentifiedNote, {"stand_ins": [], **row}) if "phi_gate" in row else (Encounter, row)
    encounter: dict[str, Any] = validate(record, with_absent_facts(given), place)
    if encounter["schema"] != ENCOUNTER_SCHEMA:
        raise BadInput(place, f"not {ENCOUNTER_SCHEMA}", field="schema")
    return encounter


def _note(encounter: dict[str, Any]) -> Note | None:
    origin = encounter["note_origin"]
    return Note(encounter["note"], origin, _TIERS.get(origin)) if _has_all_sections(encounter) else None


def _has_all_sections(encounter: dict[str, Any]) -> bool:
    return bool(encounter["note"]) and len(split_headed(encounter["note"])) == len(SECTIONS)

"""Everything that one stay becomes."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.fhir.allergies import allergies
from edscribe_pipelines.fhir.conditions import conditions
from edscribe_pipelines.fhir.documents import author_devices, composition, document_reference
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.medications import administered, dispensed, home_medications
from edscribe_pipelines.fhir.note import Note
from edscribe_pipelines.fhir.observations import observations
from edscribe_pipelines.fhir.provenance import provenance
from edscribe_pipelines.fhir.stay import patient, stay


def stay_resources(encounter: dict[str, Any], note: Note | None = None) -> list[Resource]:
    """Return the resources of one `DeidentifiedNote` or `Encounter` row and its gated note.

    Ids come from the random id of the stay, so the same row gives the same resources, and a row that corrects a stay's
    note gives new versions of that stay's. Patient, Device and what describes a Device are shared by stays: an export
    writes each once.
    """
    row = encounter | {"encounter_id": stay_id(encounter)}
    diagnoses = conditions(row)
    return [
        patient(row),
        stay(row, diagnoses),
        *observations(row),
        *diagnoses,
        *home_medications(row),
        *dispensed(row),
        *administered(row),
        *(_document(row, note) if note else []),
    ]


def stay_id(encounter: dict[str, Any]) -> str:
    """Return the encounter_id of the stay that a row is about: of a correction the one that it revises."""
    identity: str = encounter["revises"] or encounter["encounter_id"]
    return identity


def _document(encounter: dict[str, Any], note: Note) -> list[Resource]:
    read_in_it = allergies(encounter, note)
    return [
        *author_devices(note),
        *read_in_it,
        composition(encounter, note),
        document_reference(encounter, note),
        provenance(encounter, note, read_in_it),
    ]

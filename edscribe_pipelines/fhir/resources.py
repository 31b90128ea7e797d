"""Everything that one stay becomes."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.fhir.composition import Note, author_device, composition, provenance
from edscribe_pipelines.fhir.conditions import conditions
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.medications import administered, dispensed, home_medications
from edscribe_pipelines.fhir.observations import observations
from edscribe_pipelines.fhir.stay import patient, stay


def stay_resources(encounter: dict[str, Any], note: Note | None = None) -> list[Resource]:
    """Return the resources of one `DeidentifiedNote` or `Encounter` row and its gated note.

    Ids come from the row's random ids, so the same row gives the same resources. Patient and Device are
    shared by stays: an export writes each once.
    """
    diagnoses = conditions(encounter)
    return [
        patient(encounter),
        stay(encounter, diagnoses),
        *observations(encounter),
        *diagnoses,
        *home_medications(encounter),
        *dispensed(encounter),
        *administered(encounter),
        *(_document(encounter, note) if note else []),
    ]


def _document(encounter: dict[str, Any], note: Note) -> list[Resource]:
    device = author_device(note)
    return [*([device] if device else []), composition(encounter, note), provenance(encounter, note)]

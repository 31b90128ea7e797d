"""The note as a document: Composition, the Device that wrote it, and the Provenance that says so.

Nobody has signed a note that this export carries, so a Composition is `preliminary`. One that a model
wrote carries AIAST (HL7 v3-ObservationValue, "artificial intelligence asserted").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.records import NoteOrigin, Tier
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY, LOINC, section_loincs
from edscribe_pipelines.fhir.elements import AI_ASSERTED, Resource, about, absent, coded, loinc, meta
from edscribe_pipelines.fhir.narrative import narrative


@dataclass(frozen=True)
class Note:
    """A note of twelve sections that the gates have passed; `note_origin` None where nobody recorded it."""

    completion: str
    case_id: str
    note_origin: NoteOrigin | None
    tier: Tier | None

    @property
    def is_drafted_by_model(self) -> bool:
        return self.note_origin == "model" or self.tier == "drafted"


_MODEL: Resource = {
    "resourceType": "Device",
    "id": "edscribe-model",
    "type": {"text": "Artificial intelligence: language model that drafts notes from recorded facts"},
    "deviceName": [{"name": "EDScribe drafting model", "type": "user-friendly-name"}],
}
_TEMPLATE: Resource = {
    "resourceType": "Device",
    "id": "edscribe-template",
    "type": {"text": "Software: template that renders recorded facts as a note"},
    "deviceName": [{"name": "EDScribe note template", "type": "user-friendly-name"}],
}


def author_device(note: Note) -> Resource | None:
    """Return the Device that wrote the note, None for a person or where nobody knows."""
    if note.is_drafted_by_model:
        return _MODEL
    return _TEMPLATE if note.note_origin == "template" else None


def composition(encounter: dict[str, Any], note: Note) -> Resource:
    """Return the note as a Composition of its sections, in the note's order."""
    contents = split_headed(note.completion)
    return {
        "resourceType": "Composition",
        "id": note.case_id,
        "meta": _labels(encounter, note),
        "status": "preliminary",
        "type": loinc("34111-5", "Emergency department Note"),
        **about(encounter),
        "_date": absent("masked"),
        "author": [_author(note)],
        "title": "Emergency department note",
        "section": [_section(section, content) for section, content in contents.items()],
    }


def _labels(encounter: dict[str, Any], note: Note) -> dict[str, Any]:
    return meta(encounter, *([AI_ASSERTED] if note.is_drafted_by_model else []))


def _author(note: Note) -> dict[str, str]:
    if device := author_device(note):
        return {"reference": f"Device/{device['id']}"}
    return {"display": "Emergency physician" if note.note_origin == "physician" else "Author not recorded"}


def _section(section: str, content: str) -> dict[str, Any]:
    """Return one section; one without facts says so in words too (R4 invariant cmp-1 wants text)."""
    codes = {"coding": [{"system": LOINC, "code": code} for code in section_loincs()[section]]}
    without_facts = content.strip() in ("", NOT_DOCUMENTED)
    resource = {"title": section, "code": codes, "text": narrative(NOT_DOCUMENTED if without_facts else content)}
    if without_facts:
        resource["emptyReason"] = coded(f"{HL7_TERMINOLOGY}/list-empty-reason", "unavailable", "Unavailable")
    return resource


def provenance(encounter: dict[str, Any], note: Note) -> Resource:
    """Return who wrote the note and from what. When is not recorded: a clock would make re-exports differ."""
    return {
        "resourceType": "Provenance",
        "id": f"{note.case_id}-provenance",
        "meta": _labels(encounter, note),
        "target": [{"reference": f"Composition/{note.case_id}"}],
        "_recorded": absent("unknown"),
        "agent": [{"type": coded(f"{HL7_TERMINOLOGY}/provenance-participant-type", "author"), "who": _author(note)}],
        "entity": [{"role": "source", "what": {"reference": f"Encounter/{encounter['encounter_id']}"}}],
    }

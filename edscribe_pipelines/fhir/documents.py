"""The note as a document twice: a Composition of its sections, and a DocumentReference that holds it whole.

Nobody has signed a note that an export carries, so both are `preliminary`. What a model wrote carries AIAST (HL7
v3-ObservationValue, "artificial intelligence asserted"): the whole document, or its single sections where a physician
has rewritten others (PROCESSINLINELABEL, HL7 v3-ActCode).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines.fhir.ai_transparency import ai_resources, device_id
from edscribe_pipelines.fhir.attachment import attachment
from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY, LOINC, section_loincs
from edscribe_pipelines.fhir.elements import AI_ASSERTED, LABELS_INSIDE, Resource, about, absent, coded, loinc, meta
from edscribe_pipelines.fhir.narrative import narrative, printable
from edscribe_pipelines.fhir.note import Note

_TITLE = "Emergency department note"
_NOTE_TYPE = loinc("34111-5", "Emergency department Note")
_CLINICAL_NOTE = coded("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note")
"""US Core 8.0.0, DocumentReference category, 2025."""
_INLINE = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"
_TEMPLATE: Resource = {
    "resourceType": "Device",
    "id": "edscribe-template",
    "deviceName": [{"name": "EDScribe note template", "type": "user-friendly-name"}],
    "type": {"text": "Software: template that renders recorded facts as a note"},
}


def author_devices(note: Note) -> list[Resource]:
    """Return the Device that wrote the note with what describes it; nothing for a person or where nobody knows."""
    if note.holds_text_of_model:
        return ai_resources(note.model)
    return [_TEMPLATE] if note.note_origin == "template" else []


def author(note: Note) -> dict[str, str]:
    if note.is_drafted_by_model:
        return device_reference(note)
    if note.note_origin == "template":
        return {"reference": f"Device/{_TEMPLATE['id']}"}
    return {"display": "Emergency physician" if note.note_origin == "physician" else "Author not recorded"}


def device_reference(note: Note) -> dict[str, str]:
    return {"reference": f"Device/{device_id(note.model)}"}


def composition_id(encounter: dict[str, Any]) -> str:
    return f"{encounter['encounter_id']}-note"


def document_id(encounter: dict[str, Any]) -> str:
    return f"{encounter['encounter_id']}-document"


def labels(encounter: dict[str, Any], note: Note) -> dict[str, Any]:
    return meta(encounter, *([AI_ASSERTED] if note.holds_text_of_model else []))


def composition(encounter: dict[str, Any], note: Note) -> Resource:
    """Return the note as a Composition of its sections, in the note's order."""
    contents = split_headed(note.completion)
    document = {
        "resourceType": "Composition",
        "id": composition_id(encounter),
        "meta": labels(encounter, note),
        "status": "preliminary",
        "type": _NOTE_TYPE,
        "category": [_CLINICAL_NOTE],
        **about(encounter),
        "_date": absent("masked"),
        "author": [author(note)],
        "title": _TITLE,
        "section": [section(name, text) for name, text in contents.items()],
    }
    return with_labels_inside(document, note.model_sections) if note.model_sections else document


def section(name: str, content: str) -> dict[str, Any]:
    """Return one section; one without facts says so in words too (R4 invariant cmp-1 wants text)."""
    codes = {"coding": [{"system": LOINC, "code": code} for code in section_loincs()[name]]}
    without_facts = content.strip() in ("", NOT_DOCUMENTED)
    resource: dict[str, Any] = {
        "title": name,
        "code": codes,
        "text": narrative(NOT_DOCUMENTED if without_facts else content),
    }
    if without_facts:
        resource["emptyReason"] = coded(f"{HL7_TERMINOLOGY}/list-empty-reason", "unavailable", "Unavailable")
    return resource


def labels_inside(composition: Resource) -> list[str]:
    """Return the sections that a model wrote: those that are labelled, or all where the whole document is. In an
    amended document those are labelled that the amendment left as they were, if any."""
    sections, security = composition["section"], composition["meta"]["security"]
    if LABELS_INSIDE in security or composition["status"] == "amended":
        sections = [each for each in sections if "extension" in each]
    return [each["title"] for each in sections] if AI_ASSERTED in security else []


def with_labels_inside(composition: Resource, names: Collection[str]) -> Resource:
    """Return a document of which a model wrote the sections of these `names` and no other. Where there are none, it is
    still labelled as one that a model had begun."""
    security = [label for label in composition["meta"]["security"] if label not in (LABELS_INSIDE, AI_ASSERTED)]
    inside = [LABELS_INSIDE] if names else []
    return composition | {
        "meta": composition["meta"] | {"security": [*security, *inside, AI_ASSERTED]},
        "section": [_labelled(each, each["title"] in names) for each in composition["section"]],
    }


def _labelled(section: Resource, is_of_model: bool) -> Resource:
    plain = {name: value for name, value in section.items() if name != "extension"}
    return plain | {"extension": [{"url": _INLINE, "valueCoding": AI_ASSERTED}]} if is_of_model else plain


def document_reference(encounter: dict[str, Any], note: Note) -> Resource:
    """Return the note whole, as text in UTF-8."""
    return {
        "resourceType": "DocumentReference",
        "id": document_id(encounter),
        "meta": labels(encounter, note),
        "status": "current",
        "docStatus": "preliminary",
        "type": _NOTE_TYPE,
        "category": [_CLINICAL_NOTE],
        "subject": about(encounter)["subject"],
        "author": [author(note)],
        "content": [{"attachment": attachment(printable(note.completion), "text/plain", _TITLE)}],
        "context": {
            "encounter": [about(encounter)["encounter"]],
            "related": [{"reference": f"Composition/{composition_id(encounter)}"}],
        },
    }

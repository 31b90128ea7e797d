"""The note twice over: a Composition of twelve sections, and a DocumentReference that holds its text."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.fhir.codes import section_loincs
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.validation.ai_codes import is_ai_document
from edscribe_pipelines.fhir.validation.note_documents import SIGNED
from edscribe_pipelines.fhir.validation.observations import first_loinc

NOTE_LOINC = "34111-5"
_CLINICAL_NOTE = {
    "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
    "code": "clinical-note",
}


def composition_rules(composition: Resource) -> Iterator[str]:
    sections = composition.get("section", [])
    if [first_loinc(section.get("code", {})) for section in sections] != [loincs[0] for loincs in _sections()]:
        yield "composition-sections"
    elif [section.get("title") for section in sections] != list(SECTIONS):
        yield "section-title"
    if composition.get("status") in SIGNED and "attester" not in composition:
        yield "signed-without-attester"
    if composition.get("status") == "preliminary" and "attester" in composition:
        yield "attester-of-unsigned"


def _sections() -> list[tuple[str, ...]]:
    return [section_loincs()[section] for section in SECTIONS]


def document_rules(document: Resource) -> Iterator[str]:
    """A DocumentReference is a note, or a model card or input prompt (`ai_profiles`)."""
    if is_ai_document(document):
        return
    if first_loinc(document.get("type", {})) != NOTE_LOINC:
        yield "document-type"
    codings = [coding for category in document.get("category", ()) for coding in category.get("coding", ())]
    if not any(_CLINICAL_NOTE.items() <= coding.items() for coding in codings):
        yield "document-category"
    for needed in ("docStatus", "subject", "context"):
        if needed not in document:
            yield f"document-without-{needed}"
    if not all({"data", "size", "hash"} <= content["attachment"].keys() for content in document["content"]):
        yield "document-without-data"

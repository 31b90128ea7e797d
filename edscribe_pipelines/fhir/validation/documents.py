"""The note twice over: a Composition of twelve sections, and a DocumentReference that agrees with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY, section_loincs
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.validation.ai_codes import is_ai_document
from edscribe_pipelines.fhir.validation.observations import first_loinc
from edscribe_pipelines.fhir.validation.problem import reference_to

NOTE_LOINC = "34111-5"
_CLINICAL_NOTE = {
    "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
    "code": "clinical-note",
}
_VERIFIER = {"system": f"{HL7_TERMINOLOGY}/provenance-participant-type", "code": "verifier"}
_SIGNED = ("final", "amended")


def composition_rules(composition: Resource) -> Iterator[str]:
    sections = composition.get("section", [])
    if [first_loinc(section.get("code", {})) for section in sections] != [loincs[0] for loincs in _sections()]:
        yield "composition-sections"
    elif [section.get("title") for section in sections] != list(SECTIONS):
        yield "section-title"
    if composition.get("status") in _SIGNED and "attester" not in composition:
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


def note_documents(rows: Sequence[Resource]) -> Iterator[tuple[Resource, Resource]]:
    """Yield each Composition with each DocumentReference of a note of the same stay."""
    documents = defaultdict(list)
    for row in rows:
        if row["resourceType"] == "DocumentReference":
            for encounter in row.get("context", {}).get("encounter", ()):
                documents[encounter.get("reference")].append(row)
    for row in rows:
        if row["resourceType"] == "Composition":
            for document in documents.get(row.get("encounter", {}).get("reference"), ()):
                yield row, document


def signature_rules(rows: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    """Yield documents that disagree about their status, and signed ones without a Provenance of who verified them."""
    for composition, document in note_documents(rows):
        if document.get("docStatus") != composition.get("status"):
            yield document, "status-of-the-composition"
    verified = {target.get("reference") for row in rows if _is_of_a_verifier(row) for target in row.get("target", ())}
    for row in rows:
        if row["resourceType"] == "Composition" and row.get("status") in _SIGNED and reference_to(row) not in verified:
            yield row, "signed-without-verifier"


def _is_of_a_verifier(resource: Resource) -> bool:
    types = [agent.get("type", {}) for agent in resource.get("agent", ())]
    return any(_VERIFIER.items() <= coding.items() for type_ in types for coding in type_.get("coding", ()))

"""Who wrote a note and what its labels say: AIAST stands where an AI-Provenance points, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edscribe_pipelines.fhir.elements import AI_ASSERTED, Resource
from edscribe_pipelines.fhir.validation.ai_codes import is_ai_provenance
from edscribe_pipelines.fhir.validation.labels import INLINE_LABELS_INSIDE, security_labels
from edscribe_pipelines.fhir.validation.note_documents import note_documents
from edscribe_pipelines.fhir.validation.problem import reference_to


def label_rules(rows: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    provenances = [row for row in rows if row["resourceType"] == "Provenance" and is_ai_provenance(row)]
    targets = {target.get("reference") for provenance in provenances for target in provenance["target"]}
    agents = {agent["who"].get("reference") for provenance in provenances for agent in provenance["agent"]}
    for row in rows:
        if row["resourceType"] in ("Provenance", "Device"):
            continue
        if _is_labelled(row) and reference_to(row) not in targets:
            yield row, "ai-label-without-provenance"
        elif not _is_labelled(row) and reference_to(row) in targets:
            yield row, "ai-provenance-without-label"
        elif (
            row["resourceType"] == "Composition" and AI_ASSERTED in security_labels(row) and not _authors(row) & agents
        ):
            yield row, "ai-author"
    for composition, document in note_documents(rows):
        if _is_labelled(composition) != _is_labelled(document):
            yield document, "ai-label-of-the-composition"


def _authors(composition: Resource) -> set[str | None]:
    return {author.get("reference") for author in composition["author"]}


def _is_labelled(resource: Resource) -> bool:
    """Whether the resource, or elements inside it, carry AIAST."""
    labels = [(label.get("system"), label.get("code")) for label in security_labels(resource)]
    return any((sought["system"], sought["code"]) in labels for sought in (AI_ASSERTED, INLINE_LABELS_INSIDE))

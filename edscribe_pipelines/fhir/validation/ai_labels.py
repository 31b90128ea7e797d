"""Who wrote a note and what its labels say: AIAST stands where an AI-Provenance points, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edscribe_pipelines.fhir.elements import AI_ASSERTED, LABELS_INSIDE, Resource
from edscribe_pipelines.fhir.validation.ai_codes import is_ai_provenance
from edscribe_pipelines.fhir.validation.labels import carries
from edscribe_pipelines.fhir.validation.note_documents import note_documents
from edscribe_pipelines.fhir.validation.problem import reference_to

_WITHOUT_LABELS = frozenset({"Provenance", "Device"})


def label_rules(rows: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    provenances = [row for row in rows if row["resourceType"] == "Provenance" and is_ai_provenance(row)]
    targets = {target.get("reference") for provenance in provenances for target in provenance["target"]}
    for row in rows:
        if row["resourceType"] not in _WITHOUT_LABELS and _is_labelled(row) != (reference_to(row) in targets):
            yield row, "ai-label-without-provenance" if _is_labelled(row) else "ai-provenance-without-label"
    for composition, document in note_documents(rows):
        if _is_labelled(composition) != _is_labelled(document):
            yield document, "ai-label-of-the-composition"
    yield from _authors(rows, provenances)


def _authors(rows: Sequence[Resource], provenances: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    """A note that is AI's as a whole names a Device of its Provenance among its authors."""
    agents = {agent["who"].get("reference") for provenance in provenances for agent in provenance["agent"]}
    for row in rows if agents else ():
        is_of_ai = row["resourceType"] == "Composition" and carries(row, AI_ASSERTED)
        if is_of_ai and agents.isdisjoint(author.get("reference") for author in row["author"]):
            yield row, "ai-author"


def _is_labelled(resource: Resource) -> bool:
    """Whether the resource, or elements inside it, carry AIAST."""
    return carries(resource, AI_ASSERTED) or carries(resource, LABELS_INSIDE)

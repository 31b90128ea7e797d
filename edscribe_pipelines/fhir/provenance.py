"""Who wrote a note and from what. When is not recorded: the day of a note is a date about its patient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edscribe_pipelines.fhir.ai_transparency import ARTIFICIAL_INTELLIGENCE, inputs_of, profile
from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY
from edscribe_pipelines.fhir.documents import author, composition_id, device_reference, document_id, labels
from edscribe_pipelines.fhir.elements import AI_ASSERTED, Resource, absent, coded
from edscribe_pipelines.fhir.note import Note


def participant(kind: str) -> dict[str, Any]:
    """Return how an agent took part: author, informant, verifier, assembler."""
    return coded(f"{HL7_TERMINOLOGY}/provenance-participant-type", kind)


def provenance(encounter: dict[str, Any], note: Note, read_in_it: Sequence[Resource] = ()) -> Resource:
    """Return the Provenance of a note and of what was `read_in_it`; where a model wrote any of it, as AI
    Transparency's AI-Provenance."""
    described = labels(encounter, note)
    resource: Resource = {
        "resourceType": "Provenance",
        "id": f"{composition_id(encounter)}-provenance",
        "meta": described | profile("AI-Provenance") if note.holds_text_of_model else described,
        "target": [
            {"reference": f"Composition/{composition_id(encounter)}"},
            {"reference": f"DocumentReference/{document_id(encounter)}"},
            *({"reference": f"{each['resourceType']}/{each['id']}"} for each in read_in_it),
        ],
        "_recorded": absent("unknown"),
        "agent": _agents(note),
        "entity": [{"role": "source", "what": {"reference": f"Encounter/{encounter['encounter_id']}"}}],
    }
    if note.holds_text_of_model:
        resource["reason"] = [{"coding": [AI_ASSERTED]}]
        resource["entity"] = [*resource["entity"], *inputs_of(note.model)]
    return resource


def _agents(note: Note) -> list[dict[str, Any]]:
    if note.is_drafted_by_model:
        return [_model(note, "author")]
    physician = {"type": participant("author"), "who": author(note)}
    return [physician, _model(note, "informant")] if note.model_sections else [physician]


def _model(note: Note, part: str) -> dict[str, Any]:
    return {"type": participant(part), "role": [ARTIFICIAL_INTELLIGENCE], "who": device_reference(note)}

"""What HL7's AI Transparency on FHIR calls a device, a model card and an input prompt.

Source: https://hl7.org/fhir/uv/aitransparency (1.0.0), profiles AI-Device, AI-ModelCard, AI-InputPrompt and
AI-Provenance. A resource is held to a profile where it names it, and where any of its codes says that it is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.fhir.elements import AI_ASSERTED, Resource
from edscribe_pipelines.tables import read_table

# Not the builders' own constants: a gate that shares those shares their errors.
_GUIDE = "http://hl7.org/fhir/uv/aitransparency"
PROFILES = f"{_GUIDE}/StructureDefinition"
DEVICE_CODES = f"{_GUIDE}/CodeSystem/AIdeviceTypeCS"
INPUT_CODES = f"{_GUIDE}/CodeSystem/AIinputsCS"
AI_KIND = f"{PROFILES}/aitransparency.AIKind"
MODEL_CARD_OF_DEVICE = f"{PROFILES}/aitransparency.modelCardDescription"

AI = {"coding": [{"system": DEVICE_CODES, "code": "Artificial-Intelligence"}]}
MODEL_CARD = {"coding": [{"system": INPUT_CODES, "code": "AIModelCard"}]}
INPUT_PROMPT = {"system": INPUT_CODES, "code": "AIInputPrompt"}


@cache
def codes_for(use: str) -> frozenset[str]:
    """Return the codes of `tables/ai_codes.csv` for `use`: a `kind` of AI, or the content type of a model card."""
    return frozenset(row["code"] for row in read_table("ai_codes.csv", TABLES) if row["use"] == use)


def codings(concepts: Any) -> Iterator[dict[str, Any]]:
    """Yield the codings of one CodeableConcept, or of a list of them."""
    for concept in concepts if isinstance(concepts, list) else [concepts]:
        yield from concept.get("coding", ())


def extensions(resource: Resource, url: str) -> list[Resource]:
    return [extension for extension in resource.get("extension", ()) if extension.get("url") == url]


def is_ai_device(device: Resource) -> bool:
    return (
        _names_profile(device, "AI-Device")
        or any(coding.get("system") == DEVICE_CODES for coding in codings(device.get("type", {})))
        or bool(extensions(device, AI_KIND) or extensions(device, MODEL_CARD_OF_DEVICE))
    )


def is_model_card(document: Resource) -> bool:
    types, categories = codings(document.get("type", {})), codings(document.get("category", []))
    return (
        _names_profile(document, "AI-ModelCard")
        or any(coding.get("code") == "AIModelCard" for coding in types)
        or any(coding.get("system") == INPUT_CODES for coding in categories)
    )


def is_input_prompt(document: Resource) -> bool:
    types = codings(document.get("type", {}))
    return _names_profile(document, "AI-InputPrompt") or any(coding.get("code") == "AIInputPrompt" for coding in types)


def is_ai_document(document: Resource) -> bool:
    return is_model_card(document) or is_input_prompt(document)


def is_ai_provenance(provenance: Resource) -> bool:
    return (
        _names_profile(provenance, "AI-Provenance")
        or any(coding.get("code") == AI_ASSERTED["code"] for coding in codings(provenance.get("reason", [])))
        or any(coding.get("system") == DEVICE_CODES for agent in provenance["agent"] for coding in _roles(agent))
    )


def _roles(agent: Resource) -> Iterator[dict[str, Any]]:
    return codings(agent.get("role", []))


def _names_profile(resource: Resource, name: str) -> bool:
    return f"{PROFILES}/{name}" in resource.get("meta", {}).get("profile", ())

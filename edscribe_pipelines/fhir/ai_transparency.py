"""What HL7's AI Transparency on FHIR asks for where a model wrote text: its Device, its card, its prompt.

Source: HL7 AI Transparency on FHIR, STU1 ballot (R4, CC0), profiles AI-Device, AI-ModelCard and AI-InputPrompt, 2026.
None of them is about a patient: all notes of a model share them.
"""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.fhir.attachment import attachment
from edscribe_pipelines.fhir.elements import Resource, coded
from edscribe_pipelines.fhir.models import Model, sha256

GUIDE = "http://hl7.org/fhir/uv/aitransparency"
_DEVICE_TYPES, _INPUTS = f"{GUIDE}/CodeSystem/AIdeviceTypeCS", f"{GUIDE}/CodeSystem/AIinputsCS"
ARTIFICIAL_INTELLIGENCE = coded(_DEVICE_TYPES, "Artificial-Intelligence")
_LANGUAGE_MODEL = coded(_DEVICE_TYPES, "Large-Language-Models", "Large Language Models")
_MARKDOWN = "text/markdown"
_UNKNOWN = "edscribe-model"


def device_id(model: Model | None) -> str:
    return f"{_UNKNOWN}-{model.key}" if model else _UNKNOWN


def is_of_a_model(resource: Resource) -> bool:
    """Whether a resource describes a model or what it was told, and so nobody's stay."""
    return resource.get("resourceType") in ("Device", "DocumentReference") and str(resource.get("id")).startswith(
        _UNKNOWN
    )


def ai_resources(model: Model | None) -> list[Resource]:
    """Return what describes the model that wrote a note, the Device last; of an unknown model the Device alone."""
    if model is None:
        return [_device(None)]
    return [*([_card(model)] if model.card else []), _prompt(model), _device(model)]


def inputs_of(model: Model | None) -> list[dict[str, Any]]:
    """Return the entities of a Provenance that say what the model was given besides the facts of the stay."""
    if model is None:
        return []
    ids = [*([_card_id(model)] if model.card else []), _prompt_id(model)]
    return [{"role": "derivation", "what": {"reference": f"DocumentReference/{each}"}} for each in ids]


def profile(name: str) -> dict[str, Any]:
    return {"profile": [f"{GUIDE}/StructureDefinition/{name}"]}


def _device(model: Model | None) -> Resource:
    kind = {"url": f"{GUIDE}/StructureDefinition/aitransparency.AIKind", "valueCodeableConcept": _LANGUAGE_MODEL}
    resource: Resource = {
        "resourceType": "Device",
        "id": device_id(model),
        "meta": profile("AI-Device"),
        "extension": [kind],
        "deviceName": [{"name": model.name if model else "EDScribe drafting model", "type": "user-friendly-name"}],
        "type": ARTIFICIAL_INTELLIGENCE,
    }
    if model and model.card:
        url = f"{GUIDE}/StructureDefinition/aitransparency.modelCardDescription"
        described = {"url": url, "valueReference": {"reference": f"DocumentReference/{_card_id(model)}"}}
        resource["extension"] = [kind, described]
    if model and model.version:
        resource["version"] = [{"value": model.version}]
    return resource


def _card(model: Model) -> Resource:
    assert model.card is not None
    return {
        "resourceType": "DocumentReference",
        "id": _card_id(model),
        "meta": profile("AI-ModelCard"),
        "status": "current",
        "type": coded(_INPUTS, "AIModelCard"),
        "category": [coded(_INPUTS, "AIModelCardMarkdownFormat", "Markdown Format")],
        "content": [{"attachment": attachment(model.card, _MARKDOWN, "Model card")}],
    }


def _prompt(model: Model) -> Resource:
    """Return the system prompt by its hash alone; the facts of the stay are the Provenance's own entity."""
    told = {"contentType": _MARKDOWN, "url": f"urn:sha256:{sha256(model.prompt)}", "title": "System prompt"}
    return {
        "resourceType": "DocumentReference",
        "id": _prompt_id(model),
        "meta": profile("AI-InputPrompt"),
        "status": "current",
        "type": coded(_INPUTS, "AIInputPrompt"),
        "content": [{"attachment": told}],
    }


def _card_id(model: Model) -> str:
    return f"{device_id(model)}-card"


def _prompt_id(model: Model) -> str:
    return f"{_UNKNOWN}-prompt-{sha256(model.prompt)[:16]}"

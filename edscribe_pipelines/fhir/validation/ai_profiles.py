"""The profiles of HL7's AI Transparency on FHIR 1.0.0, each as its FSH says, and what this export asks beyond.

Beyond: a Device says its kind, and its version where it has a card; a Provenance that names a card names a prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from edscribe_pipelines.fhir.elements import AI_ASSERTED, Resource
from edscribe_pipelines.fhir.validation.ai_codes import (
    AI,
    AI_KIND,
    DEVICE_CODES,
    INPUT_PROMPT,
    MODEL_CARD,
    MODEL_CARD_OF_DEVICE,
    codes_for,
    codings,
    extensions,
    is_ai_device,
    is_ai_document,
    is_ai_provenance,
    is_input_prompt,
    is_model_card,
)
from edscribe_pipelines.fhir.validation.problem import reference_to

_TYPES = frozenset({"Device", "DocumentReference", "Provenance"})
_FORMATS = ("text/markdown", "application/xml")


def profile_rules(rows: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    """Yield the AI resources among `rows` that break their profile, with the rule."""
    of_ai = [row for row in rows if row["resourceType"] in _TYPES]
    together = {reference_to(row): row for row in rows} if of_ai else {}
    for row in of_ai:
        for is_one, rules in _PROFILES[row["resourceType"]]:
            if is_one(row):
                yield from ((row, rule) for rule in rules(row, together))


def _device(device: Resource, together: dict[str, Resource]) -> Iterator[str]:
    if device.get("type") != AI:
        yield "ai-device-type"
    kinds = [extension.get("valueCodeableConcept", {}) for extension in extensions(device, AI_KIND)]
    if not kinds or not all(_is_kind(kind) for kind in kinds):
        yield "ai-device-kind"
    cards = extensions(device, MODEL_CARD_OF_DEVICE)
    for card in cards:
        if not _may_be(card.get("valueReference", {}), "DocumentReference", is_model_card, together):
            yield "ai-device-model-card"
    if cards and "version" not in device:
        yield "ai-device-version"


def _is_kind(concept: Resource) -> bool:
    codes = {coding.get("code") for coding in codings(concept) if coding.get("system") == DEVICE_CODES}
    return bool(codes) and codes <= codes_for("kind")


def _may_be(reference: Resource, kind: str, is_one: Callable[[Resource], bool], together: dict[str, Resource]) -> bool:
    """Whether `reference` is to a resource of type `kind` that `is_one`; one written before is taken at its type."""
    target = reference.get("reference", "")
    return target.startswith(f"{kind}/") and (target not in together or is_one(together[target]))


def _model_card(card: Resource, together: dict[str, Resource]) -> Iterator[str]:
    if card.get("type") != MODEL_CARD:
        yield "ai-model-card-type"
    formats = {coding.get("code") for coding in codings(card.get("category", []))}
    if "category" not in card:
        yield "ai-model-card-category"
    content_types = {content["attachment"].get("contentType") for content in card["content"]}
    for content_type in _FORMATS:
        if bool(formats & codes_for(content_type)) != (content_type in content_types):
            yield "ai-model-card-format"


def _input_prompt(prompt: Resource, together: dict[str, Resource]) -> Iterator[str]:
    types = list(codings(prompt.get("type", {})))
    if not types or any(coding != INPUT_PROMPT for coding in types):
        yield "ai-input-prompt-type"


def _provenance(provenance: Resource, together: dict[str, Resource]) -> Iterator[str]:
    if not any(AI_ASSERTED.items() <= coding.items() for coding in codings(provenance.get("reason", []))):
        yield "ai-provenance-reason"
    agents = [agent for agent in provenance["agent"] if AI in agent.get("role", ())]
    if not agents:
        yield "ai-provenance-role"
    if not all("type" in agent for agent in agents):
        yield "ai-provenance-agent-type"
    if not all(_may_be(agent["who"], "Device", is_ai_device, together) for agent in agents):
        yield "ai-provenance-agent"
    of_model = list(_of_the_model(provenance, together))
    if any(entity.get("role") != "derivation" for entity in of_model):
        yield "ai-provenance-entity-role"
    prompts = [each for each in of_model if _may_be(each["what"], "DocumentReference", is_input_prompt, together)]
    if of_model and not prompts:
        yield "ai-provenance-input-prompt"


def _of_the_model(provenance: Resource, together: dict[str, Resource]) -> Iterator[Resource]:
    """Yield the entities that are model cards or input prompts. Of documents, only those are written before a stay."""
    for entity in provenance.get("entity", ()):
        if _may_be(entity["what"], "DocumentReference", is_ai_document, together):
            yield entity


_PROFILES = {
    "Device": ((is_ai_device, _device),),
    "DocumentReference": ((is_model_card, _model_card), (is_input_prompt, _input_prompt)),
    "Provenance": ((is_ai_provenance, _provenance),),
}

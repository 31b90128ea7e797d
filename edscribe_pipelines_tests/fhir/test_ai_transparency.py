"""What a model's note comes with, held to the profiles of AI Transparency on FHIR."""

import hashlib
from base64 import b64decode
from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.ai_transparency import GUIDE, ai_resources
from edscribe_pipelines.fhir.models import adapter_in
from edscribe_pipelines.fhir.provenance import provenance
from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines_tests.fhir.invented import ADAPTER, ENDPOINT, drafted_note, stay


def test_device_says_its_kind_its_version_and_its_card():
    card, _, device = ai_resources(ADAPTER)
    kind, described = device["extension"]
    assert device["type"]["coding"] == [
        {"system": f"{GUIDE}/CodeSystem/AIdeviceTypeCS", "code": "Artificial-Intelligence"}
    ]
    assert kind["valueCodeableConcept"]["coding"][0]["code"] == "Large-Language-Models"
    assert described["valueReference"] == {"reference": f"DocumentReference/{card['id']}"}
    assert device["version"] == [{"value": ADAPTER.version}]


def test_card_is_the_markdown_and_the_prompt_is_its_hash_alone():
    card, prompt, _ = ai_resources(ADAPTER)
    held = card["content"][0]["attachment"]
    assert (held["contentType"], b64decode(held["data"]).decode()) == ("text/markdown", ADAPTER.card)
    told = prompt["content"][0]["attachment"]
    assert told["url"] == "urn:sha256:" + hashlib.sha256(ADAPTER.prompt.encode()).hexdigest()
    assert "data" not in told


def test_model_behind_an_endpoint_has_no_version_and_no_card():
    prompt, device = ai_resources(ENDPOINT)
    assert device["deviceName"][0]["name"] == ENDPOINT.name
    assert "version" not in device
    assert prompt["type"]["coding"][0]["code"] == "AIInputPrompt"


def test_adapters_and_endpoints_never_share_a_device():
    ids = {ai_resources(model)[-1]["id"] for model in (ADAPTER, ENDPOINT, None)}
    assert len(ids) == 3


def test_provenance_says_why_who_in_which_role_and_from_what():
    origin = provenance(stay(), drafted_note())
    (agent,) = origin["agent"]
    assert origin["reason"][0]["coding"][0]["code"] == "AIAST"
    assert agent["role"] == [ai_resources(ADAPTER)[-1]["type"]]
    assert agent["type"]["coding"][0]["code"] == "author"
    card, prompt, _ = ai_resources(ADAPTER)
    assert [each["what"]["reference"] for each in origin["entity"] if each["role"] == "derivation"] == [
        f"DocumentReference/{card['id']}",
        f"DocumentReference/{prompt['id']}",
    ]


@pytest.mark.parametrize("model", [ADAPTER, ENDPOINT, None])
def test_stay_with_a_models_note_is_valid(model):
    assert validate_resources(stay_resources(stay(), drafted_note(model=model))) == []


def test_adapter_is_known_by_the_hash_of_its_weights(tmp_path: Path):
    (tmp_path / "adapter_model.safetensors").write_bytes(b"weights")
    (tmp_path / "README.md").write_text("# A card")
    model = adapter_in(tmp_path)
    assert model.version == hashlib.sha256(b"weights").hexdigest()
    assert model.card == "# A card"


def test_folder_without_an_adapter_is_bad_input(tmp_path: Path):
    with pytest.raises(BadInput, match="no adapter"):
        adapter_in(tmp_path)

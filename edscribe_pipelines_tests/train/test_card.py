import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import get_args

from huggingface_hub import ModelCard

from edscribe_pipelines.clinical.records import DataUse, Tier
from edscribe_pipelines.train.card import CardFacts, write_card

NANO = "nvidia/NVIDIA-Nemotron-Nano-9B-v2"
FACTS = CardFacts(
    adapter="edscribe-em",
    specialty="emergency_medicine",
    month="2026-10",
    base_model=NANO,
    cases={"train": 12_345, "validation": 678},
    tiers={"physician": 345, "rendered": 12_000},
    data_use={"credentialed": 12_000, "institutional": 345},
    months=("2026-08", "2026-09", "2026-10"),
    data_version="d1d2",
    code_version="c1c2",
    recipe={"base": {"path": "/secret/place/weights"}, "lora": {"rank": 32, "targets": ("q_proj", "k_proj")}},
    trainable_parameters=59_600_000,
    total_parameters=8_900_000_000,
    steps=5_000,
    loss_first=2.5,
    loss_last=0.5,
    loss_best_validation=0.625,
    hardware="1 x NVIDIA H100 80GB",
    versions={"peft": "0.1", "nemo-automodel": "0.2"},
)


def adapter(folder: Path, facts: CardFacts = FACTS) -> Path:
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    (folder / "adapter_config.json").write_text(json.dumps({"r": 32}))
    write_card(folder, facts)
    return folder


def test_card_is_one_that_the_hub_reads(tmp_path: Path):
    data = ModelCard.load(adapter(tmp_path / "a") / "README.md").data
    assert (data.base_model, data.library_name, data.license) == (NANO, "peft", "other")
    assert data.license_name == "nvidia-open-model-license"
    assert data.license_link.startswith("https://www.nvidia.com/")
    assert {"emergency-medicine", "data-credentialed", "data-institutional"} <= set(data.tags)


def test_card_states_cases_losses_hyperparameters_and_versions(tmp_path: Path):
    card = (adapter(tmp_path / "a") / "README.md").read_text()
    for stated in (
        "| train | 12,345 |",
        "| physician | 345 |",
        "2026-08 to 2026-10 (3)",
        "| first step | 2.5000 |",
        "| best on validation | 0.6250 |",
        "  rank: 32\n",
        "| peft | 0.1 |",
        "1 x NVIDIA H100 80GB",
        "`d1d2`",
        "`c1c2`",
    ):
        assert stated in card


def test_training_without_validation_says_so(tmp_path: Path):
    card = adapter(tmp_path / "a", replace(FACTS, loss_best_validation=None)) / "README.md"
    assert "| best on validation | none |" in card.read_text()


def test_adapter_of_credentialed_data_must_not_be_shared(tmp_path: Path):
    forbids = "Do not share this adapter"
    assert forbids in (adapter(tmp_path / "a") / "README.md").read_text()
    synthetic = replace(FACTS, data_use={"synthetic": 12_345})
    assert forbids not in (adapter(tmp_path / "b", synthetic) / "README.md").read_text()


def test_every_tier_and_data_use_has_its_meaning_in_the_card(tmp_path: Path):
    facts = replace(FACTS, tiers=dict.fromkeys(get_args(Tier), 1), data_use=dict.fromkeys(get_args(DataUse), 1))
    card = (adapter(tmp_path / "a", facts) / "README.md").read_text()
    for name in (*get_args(Tier), *get_args(DataUse)):
        assert f"| {name} | 1 | " in card


def test_small_base_is_called_no_scribe_for_patients(tmp_path: Path):
    says = "It writes no notes for patients"
    assert says in (adapter(tmp_path / "a", replace(FACTS, total_parameters=1_000_000)) / "README.md").read_text()
    assert says not in (adapter(tmp_path / "b") / "README.md").read_text()


def test_notice_of_nvidias_licence_is_word_for_word(tmp_path: Path):
    folder = adapter(tmp_path / "a")
    assert (folder / "NOTICE").read_text() == "Licensed by NVIDIA Corporation under the NVIDIA Open Model License\n"
    assert "copy of the agreement" in (folder / "LICENSE.txt").read_text()


def test_tiny_base_is_under_apache(tmp_path: Path):
    folder = adapter(tmp_path / "a", replace(FACTS, base_model="HuggingFaceTB/SmolLM2-135M-Instruct"))
    data = ModelCard.load(folder / "README.md").data
    assert (data.license, data.license_name) == ("apache-2.0", None)


def test_base_with_an_unknown_licence_is_named_and_no_error(tmp_path: Path):
    folder = adapter(tmp_path / "a", replace(FACTS, base_model="invented/base"))
    assert "read it before the adapter is used" in (folder / "LICENSE.txt").read_text()
    assert "invented/base" in (folder / "NOTICE").read_text()


def test_unlisted_base_goes_by_the_licence_of_its_recipe(tmp_path: Path):
    recipe = FACTS.recipe | {"base": {"kind": "packaged", "licence": "mit"}}
    folder = adapter(tmp_path / "a", replace(FACTS, base_model="invented/base", recipe=recipe))
    assert ModelCard.load(folder / "README.md").data.license == "mit"


def test_same_facts_make_the_same_bytes_wherever_the_folder_is(tmp_path: Path):
    first, second = adapter(tmp_path / "a"), adapter(tmp_path / "elsewhere" / "b")
    assert {file.name: file.read_bytes() for file in first.iterdir()} == {
        file.name: file.read_bytes() for file in second.iterdir()
    }


def test_no_path_of_this_machine_gets_into_any_file(tmp_path: Path):
    folder = adapter(tmp_path / "a", replace(FACTS, base_model=str(tmp_path / "base" / "my-base")))
    for file in folder.iterdir():
        assert b"/secret" not in file.read_bytes()
        assert str(tmp_path).encode() not in file.read_bytes()
    assert "path: weights" in (folder / "README.md").read_text()
    assert "`my-base`" in (folder / "README.md").read_text()


def test_hashes_are_in_the_format_of_sha256sum(tmp_path: Path):
    folder = adapter(tmp_path / "a")
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True)
    assert sorted(line.removesuffix(": OK") for line in checked.stdout.splitlines()) == [
        "LICENSE.txt",
        "NOTICE",
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
    ]

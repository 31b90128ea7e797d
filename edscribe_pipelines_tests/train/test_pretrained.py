"""An adapter on weights that somebody else has trained: the path of Nemotron Nano 9B v2, with a small one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import read_json
from edscribe_pipelines.train.generate import base_of, generate_notes
from edscribe_pipelines.train.preflight.hashes import hash_base
from edscribe_pipelines.train.preflight.run import HASHES
from edscribe_pipelines.train.process import TrainingSummary, Weights, train_adapter
from edscribe_pipelines_tests.train.invented import EM, invented_cases
from edscribe_pipelines_tests.train.preflight.invented import PRETRAINED


class Adapted(NamedTuple):
    home: Path
    weights: Weights
    summary: TrainingSummary
    events: list[dict[str, Any]]


@pytest.fixture(scope="module")
def adapted(saved_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Adapted:
    folder = tmp_path_factory.mktemp("pretrained")
    weights, events = Weights(saved_weights, hash_base(saved_weights, folder / HASHES)[0]), []
    summary = train_adapter(
        invented_cases(), PRETRAINED, folder / "work", folder / "home", events.append, specialty=EM, weights=weights
    )
    return Adapted(folder / "home", weights, summary, events)


def test_the_base_is_neither_warmed_nor_copied(adapted: Adapted) -> None:
    assert {event["stage"] for event in adapted.events if event["event"] == "step"} == {"lora"}
    assert not (adapted.home / "base").exists()
    assert adapted.summary["loss_last"] < adapted.summary["loss_first"]


def test_adapter_is_tied_to_its_base_by_hash(adapted: Adapted) -> None:
    told = {"name": "invented/nemotron-h", "sha256": adapted.weights.sha256}
    assert read_json(adapted.home / "base.json") == told
    assert adapted.summary["base_sha256"] == told["sha256"]


def test_notes_are_written_with_the_base_that_was_given(adapted: Adapted, tmp_path: Path) -> None:
    base = base_of(adapted.home, adapted.weights.folder, tmp_path)
    assert base == adapted.weights.folder
    (written,) = generate_notes(base, [adapted.home / "adapter"], ["Woman"], PRETRAINED, tmp_path / "work", system="Ed")
    assert len(written.notes) == 1


def test_another_base_than_the_adapters_is_refused(adapted: Adapted, tmp_path: Path) -> None:
    other = Path(shutil.copytree(adapted.weights.folder, tmp_path / "other"))
    with (other / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"x")
    with pytest.raises(BadInput, match="EDSCRIBE_BASE_MODEL: not the base that the adapter was trained on"):
        base_of(adapted.home, other, tmp_path)


@pytest.mark.parametrize("folder", [None, Path("nowhere")])
def test_base_that_is_not_there_is_refused_by_its_name(adapted: Adapted, folder: Path | None, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Give the folder of invented/nemotron-h"):
        base_of(adapted.home, folder, tmp_path)

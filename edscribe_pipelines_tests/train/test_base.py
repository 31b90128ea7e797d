"""Which base an adapter belongs to, and that no other writes its notes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import read_json
from edscribe_pipelines.train.base import find_base, state_of
from edscribe_pipelines.train.generate import base_of
from edscribe_pipelines.train.packaged import unpacked_folder
from edscribe_pipelines.train.recipe import Packaged, load_recipe
from edscribe_pipelines_tests.train.conftest import Trained
from edscribe_pipelines_tests.train.invented import TINY

SMOLLM2 = load_recipe("smollm2_cpu")


def places(store: Path, base_model: Path | None = None) -> dict[str, Any]:
    return {"base_model": base_model, "packaged_bases": store / "wheels", "store": store}


@pytest.fixture
def store_with_smollm2(tmp_path: Path) -> Path:
    """A store in which the packaged base stands unpacked, as far as its folder tells."""
    assert isinstance(SMOLLM2.base, Packaged)
    unpacked_folder(SMOLLM2.base, tmp_path).mkdir(parents=True)
    return tmp_path


def test_base_is_not_copied_beside_the_adapter(trained: Trained) -> None:
    assert {path.name for path in trained.out.iterdir()} == {"adapter", "base.json", "summary.json", "training.jsonl"}


def test_adapter_is_tied_to_its_base_by_hash(trained: Trained) -> None:
    told = {"name": "invented/nemotron-h", "sha256": trained.weights.sha256}
    assert read_json(trained.out / "base.json") == told
    assert trained.summary["base_sha256"] == told["sha256"]


def test_notes_are_written_with_the_base_that_was_given(trained: Trained, tmp_path: Path) -> None:
    folder = trained.weights.folder
    assert base_of(trained.out, TINY, **places(tmp_path, folder)) == folder


def test_another_base_than_the_adapters_is_refused(trained: Trained, tmp_path: Path) -> None:
    other = Path(shutil.copytree(trained.weights.folder, tmp_path / "other"))
    with (other / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"x")
    with pytest.raises(BadInput, match="EDSCRIBE_BASE_MODEL: not the base that the adapter was trained on"):
        base_of(trained.out, TINY, **places(tmp_path, other))


def test_packaged_base_is_refused_for_the_adapter_of_another(trained: Trained, store_with_smollm2: Path) -> None:
    with pytest.raises(BadInput, match=r"EDSCRIBE_RECIPE: not the base .* Give invented/nemotron-h as it was"):
        base_of(trained.out, SMOLLM2, **places(store_with_smollm2, trained.weights.folder))


def test_hash_of_a_packaged_base_is_that_of_its_wheel(store_with_smollm2: Path) -> None:
    assert isinstance(SMOLLM2.base, Packaged)
    found = find_base(SMOLLM2, **places(store_with_smollm2))
    assert found.sha256 == SMOLLM2.base.sha256 == state_of(SMOLLM2, None)
    assert found.folder.parent == store_with_smollm2 / "bases"


@pytest.mark.parametrize("folder", [None, Path("nowhere")])
def test_base_that_is_not_there_is_refused_by_its_name(folder: Path | None, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"EDSCRIBE_BASE_MODEL: .*Give the folder of invented/nemotron-h"):
        find_base(TINY, **places(tmp_path, folder))

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.hashes import verify_hashes, write_hashes


def adapter(folder: Path) -> Path:
    folder.mkdir()
    for name in ("adapter_model.safetensors", "adapter_config.json", "README.md", "NOTICE"):
        (folder / name).write_text(f"invented {name}")
    write_hashes(folder)
    return folder


def test_adapter_as_it_was_written_is_verified(tmp_path: Path):
    verify_hashes(adapter(tmp_path / "a"))


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json", "README.md", "NOTICE"])
def test_file_that_changed_is_named(tmp_path: Path, name: str):
    folder = adapter(tmp_path / "a")
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(BadInput, match=name):
        verify_hashes(folder)


def test_file_that_is_gone_is_named(tmp_path: Path):
    folder = adapter(tmp_path / "a")
    (folder / "adapter_config.json").unlink()
    with pytest.raises(BadInput, match=r"adapter_config\.json"):
        verify_hashes(folder)


def test_weights_that_the_hashes_do_not_list_are_refused(tmp_path: Path):
    folder = adapter(tmp_path / "a")
    card = (folder / "README.md").read_bytes()
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(card).hexdigest()}  README.md\n")
    with pytest.raises(BadInput, match=r"adapter_model\.safetensors"):
        verify_hashes(folder)


def test_adapter_without_hashes_is_refused(tmp_path: Path):
    folder = adapter(tmp_path / "a")
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(BadInput, match="SHA256SUMS"):
        verify_hashes(folder)

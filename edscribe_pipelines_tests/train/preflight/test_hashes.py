import hashlib
import json

import pytest

from edscribe_pipelines.train.preflight.hashes import base_state, hash_base


@pytest.fixture
def remembered(tmp_path):
    return tmp_path / "hashes.json"


def test_each_file_that_decides_has_its_sha256(pretrained, remembered):
    (pretrained / "README.md").write_text("about it")
    _, files = hash_base(pretrained, remembered)
    assert "README.md" not in files
    assert {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"} <= files.keys()
    for name, digest in files.items():
        assert digest == hashlib.sha256((pretrained / name).read_bytes()).hexdigest()


def test_hash_over_all_is_that_of_the_listing_of_sha256sum(pretrained, remembered):
    sha256, files = hash_base(pretrained, remembered)
    listing = "".join(f"{files[name]}  {name}\n" for name in sorted(files))
    assert sha256 == hashlib.sha256(listing.encode()).hexdigest()


def test_changed_file_changes_the_hash_over_all(pretrained, remembered):
    before, _ = hash_base(pretrained, remembered)
    (pretrained / "config.json").write_text("{}")
    assert hash_base(pretrained, remembered)[0] != before


def test_file_that_stands_unchanged_is_not_read_again(pretrained, remembered):
    hash_base(pretrained, remembered)
    known = json.loads(remembered.read_text())
    place = str(pretrained / "model.safetensors")
    known[place]["sha256"] = "remembered"
    remembered.write_text(json.dumps(known))
    assert hash_base(pretrained, remembered)[1]["model.safetensors"] == "remembered"


def test_file_that_was_replaced_by_one_of_its_size_is_read_again(pretrained, remembered):
    _, before = hash_base(pretrained, remembered)
    weights = pretrained / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert hash_base(pretrained, remembered)[1]["model.safetensors"] != before["model.safetensors"]


@pytest.mark.parametrize("content", ["", "{"])
def test_memory_that_cannot_be_read_costs_time_only(pretrained, remembered, content):
    expected = hash_base(pretrained, remembered)
    remembered.write_text(content)
    assert hash_base(pretrained, remembered) == expected


def test_state_of_a_base_changes_with_its_files(pretrained):
    before = base_state(pretrained)
    assert base_state(pretrained) == before
    (pretrained / "tokenizer_config.json").unlink()
    assert base_state(pretrained) != before


def test_folder_that_is_missing_has_a_state(tmp_path):
    assert base_state(tmp_path / "none") == base_state(None)


def test_place_that_cannot_be_written_costs_time_only(pretrained, remembered):
    nowhere = pretrained / "config.json" / "hashes.json"
    assert hash_base(pretrained, nowhere) == hash_base(pretrained, remembered)

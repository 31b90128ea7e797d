import json

import pytest

from edscribe_pipelines.train.preflight.shards import INDEX, SINGLE, find_shards


def cut(path, keep):
    path.write_bytes(path.read_bytes()[:keep])


def parameters_of(folder):
    from transformers import NemotronHForCausalLM

    return NemotronHForCausalLM.from_pretrained(folder).num_parameters()


def test_single_file_is_whole(pretrained):
    shards = find_shards(pretrained)
    assert (shards.files, shards.problems) == ([SINGLE], [])
    assert shards.parameters == parameters_of(pretrained)


def test_shards_of_an_index_are_whole(sharded):
    shards = find_shards(sharded)
    assert len(shards.files) > 2
    assert shards.problems == []
    assert shards.parameters == parameters_of(sharded)


def test_shard_that_was_not_downloaded_is_named(sharded):
    missing = find_shards(sharded).files[1]
    (sharded / missing).unlink()
    assert find_shards(sharded).problems == [f"{missing} is missing"]


@pytest.mark.parametrize("share", [0.99, 0.5])
def test_shard_that_was_cut_off_is_found_without_loading_it(sharded, share):
    shard = sharded / find_shards(sharded).files[0]
    whole = shard.stat().st_size
    cut(shard, int(whole * share))
    assert find_shards(sharded).problems == [
        f"{shard.name} is cut off: {int(whole * share):,} of {whole:,} bytes",
    ]


@pytest.mark.parametrize("keep", [0, 4, 200])
def test_file_that_is_the_beginning_of_one_is_found(pretrained, keep):
    cut(pretrained / SINGLE, keep)
    assert find_shards(pretrained).problems == [f"{SINGLE} is no safetensors file, or the beginning of one"]


def test_git_lfs_pointer_is_no_weights(pretrained):
    (pretrained / SINGLE).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    assert find_shards(pretrained).problems == [f"{SINGLE} is no safetensors file, or the beginning of one"]


def test_shard_of_another_model_lacks_the_tensors_of_the_index(sharded):
    one, other, *_ = find_shards(sharded).files
    (sharded / one).write_bytes((sharded / other).read_bytes())
    assert "lacks" in find_shards(sharded).problems[0]


def test_folder_without_weights_says_so(tmp_path):
    assert find_shards(tmp_path).problems == [f"neither {INDEX} nor {SINGLE} is there"]


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"weight_map": []})])
def test_index_that_is_none_is_named(sharded, content):
    (sharded / INDEX).write_text(content)
    assert find_shards(sharded).problems == [f"{INDEX} is not an index of shards"]

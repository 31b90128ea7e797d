import shutil

import pytest

from edscribe_pipelines.train.architecture import NEMOTRON_NANO_9B_V2, bundled_config, describe_architecture
from edscribe_pipelines.train.preflight.disk import check_disk, needed_disk
from edscribe_pipelines.train.recipe import TARGETS, load_recipe

H100 = load_recipe("nemotron_nano_9b_v2_h100")


@pytest.fixture(scope="module")
def nano():
    return describe_architecture(bundled_config(NEMOTRON_NANO_9B_V2))


def test_checkpoints_of_an_adapter_hold_it_and_its_optimizer_and_never_the_base(nano):
    adapter = 59_568_128 * 2
    needed = needed_disk(H100, nano, TARGETS["hybrid"], 0)
    assert 11 * adapter < needed < 15 * adapter
    assert needed < nano.parameters


def test_wider_adapter_and_longer_texts_need_more(nano):
    plan = needed_disk(H100, nano, TARGETS["plan"], 0)
    assert plan < needed_disk(H100, nano, TARGETS["hybrid"], 0)
    assert plan < needed_disk(H100, nano, TARGETS["plan"], 10**9)


def test_base_that_is_built_is_kept_too(nano):
    built = load_recipe("tiny_cpu")
    lora_alone = built.model_copy(update={"warm_up": None})
    difference = needed_disk(built, nano, TARGETS["plan"], 0) - needed_disk(lora_alone, nano, TARGETS["plan"], 0)
    assert difference > 10 * nano.parameters * 4


def test_disk_with_room_passes(tmp_path):
    assert check_disk(1, tmp_path / "store" / "not" / "there" / "yet").verdict == "passed"


def test_disk_without_room_is_refused_with_what_is_missing(tmp_path):
    needed = shutil.disk_usage(tmp_path).free + 10**12
    check = check_disk(needed, tmp_path / "store")
    assert check.verdict == "refused"
    assert str(tmp_path) in check.message
    assert "EDSCRIBE_STORE" in check.remedy
    assert check.figures["needed_bytes"] == needed

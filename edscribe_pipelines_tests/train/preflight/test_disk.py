import shutil
from pathlib import Path

import pytest

from edscribe_pipelines.train.architecture import NEMOTRON_NANO_9B_V2, bundled_config, describe_architecture
from edscribe_pipelines.train.packaged import unpacked_folder
from edscribe_pipelines.train.preflight.disk import check_disk, least_disk, needed_disk
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


def test_adapter_of_a_cpu_is_written_in_fp32(nano):
    cpu, targets = H100.model_copy(update={"implementation": "cpu"}), TARGETS["hybrid"]
    least = least_disk(H100, Path())
    assert needed_disk(cpu, nano, targets, 0) - least == pytest.approx(
        2 * (needed_disk(H100, nano, targets, 0) - least)
    )


def test_packaged_base_needs_room_until_it_is_unpacked(tmp_path):
    recipe = load_recipe("smollm2_cpu")
    before = least_disk(recipe, tmp_path)
    unpacked_folder(recipe.base, tmp_path).mkdir(parents=True)
    assert before - least_disk(recipe, tmp_path) > 270_000_000
    assert least_disk(recipe, tmp_path) == least_disk(H100, tmp_path)


def test_disk_with_room_passes(tmp_path):
    assert check_disk(1, tmp_path / "store" / "not" / "there" / "yet").verdict == "passed"


def test_disk_without_room_is_refused_with_what_is_missing(tmp_path):
    needed = shutil.disk_usage(tmp_path).free + 10**12
    check = check_disk(needed, tmp_path / "store")
    assert check.verdict == "refused"
    assert str(tmp_path) in check.message
    assert "EDSCRIBE_STORE" in check.remedy
    assert check.figures["needed_bytes"] == needed

import pytest
import yaml

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.recipe import TARGETS, load_recipe
from edscribe_pipelines_tests.train.invented import TINY


def written(tmp_path, **changes):
    content = TINY.model_dump()
    for key, value in changes.items():
        section, _, name = key.rpartition("__")
        (content[section] if section else content)[name] = value
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content))
    return str(path)


def test_bundled_recipe_has_the_rank_alpha_and_dropout_of_the_plan():
    lora = load_recipe("tiny_cpu").lora
    assert (lora.rank, lora.alpha, lora.dropout, lora.targets) == (32, 64, 0.05, "hybrid")


def test_recipe_is_read_from_a_file(tmp_path):
    assert load_recipe(written(tmp_path)) == TINY


def test_no_choice_of_targets_adapts_out_proj():
    assert all("out_proj" not in layers for layers in TARGETS.values())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lora__ranks": 8}, "lora.ranks"),
        ({"lora__targets": "all"}, "lora.targets"),
        ({"lora__dropout": 1.5}, "lora.dropout"),
        ({"warm_up__warm_up_steps": 4}, "warm_up"),
        ({"base__pattern": "*M-"}, "base.built"),
        ({"base__attention_heads": 3}, "base.built"),
        ({"sequence_length": 0}, "sequence_length"),
        ({"packings": True}, "packings"),
    ],
)
def test_key_that_cannot_be_used_is_named(tmp_path, changes, field):
    with pytest.raises(BadInput, match=rf"field {field}:"):
        load_recipe(written(tmp_path, **changes))


def test_missing_key_is_named(tmp_path):
    content = TINY.model_dump()
    del content["lora"]["rank"]
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(BadInput, match=r"field lora\.rank: field required"):
        load_recipe(str(path))


def test_unknown_recipe_is_bad_input():
    with pytest.raises(BadInput, match="no such recipe"):
        load_recipe("large_tpu")


def test_file_that_is_not_yaml_is_bad_input(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("base: [")
    with pytest.raises(BadInput, match="not YAML"):
        load_recipe(str(path))

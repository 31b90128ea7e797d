from importlib import resources

import pytest
import yaml

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.recipe import TARGETS, load_recipe
from edscribe_pipelines_tests.train.invented import TINY

RECIPES = resources.files("edscribe_pipelines.train") / "recipes"


def written(tmp_path, **changes):
    content = TINY.model_dump()
    for key, value in changes.items():
        section, _, name = key.rpartition("__")
        (content[section] if section else content)[name] = value
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content))
    return str(path)


@pytest.mark.parametrize(("name", "targets"), [("smollm2_cpu", "all_linear"), ("nemotron_nano_9b_v2_h100", "hybrid")])
def test_bundled_recipe_has_the_rank_alpha_and_dropout_of_the_plan(name, targets):
    lora = load_recipe(name).lora
    assert (lora.rank, lora.alpha, lora.dropout, lora.targets) == (32, 64, 0.05, targets)


def test_bundled_recipes_have_the_same_keys_in_the_same_order():
    small, large = (
        yaml.safe_load((RECIPES / f"{name}.yaml").read_text("utf-8"))
        for name in ("smollm2_cpu", "nemotron_nano_9b_v2_h100")
    )
    assert list(small) == list(large)
    assert [list(small[section]) for section in ("lora", "generation")] == [
        list(large[section]) for section in ("lora", "generation")
    ]


@pytest.mark.parametrize("targets", TARGETS)
def test_choice_behind_the_colon_is_the_recipe_with_those_targets(targets):
    assert load_recipe(f"smollm2_cpu:{targets}").lora.targets == targets


def test_smoke_reads_a_hundred_cases_once():
    recipe = load_recipe("smollm2_cpu:smoke")
    assert recipe.max_train_cases == recipe.lora.steps * recipe.cases_per_step == 100


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
        ({"lora__keep": "best"}, "lora.keep"),
        ({"lora__warm_up_steps": 6}, "lora"),
        ({"lora__save_every": 3}, "lora"),
        ({"base": {"kind": "packaged", "name": "invented/llama"}}, "base.packaged.wheel"),
        ({"base__kind": "built"}, "base"),
        ({"sequence_length": 0}, "sequence_length"),
        ({"packings": True}, "packings"),
    ],
)
def test_key_that_cannot_be_used_is_named(tmp_path, changes, field):
    with pytest.raises(BadInput, match=rf"field {field}:"):
        load_recipe(written(tmp_path, **changes))


def test_packaged_base_is_not_for_nemos_own_classes(tmp_path):
    base = load_recipe("smollm2_cpu").base.model_dump()
    with pytest.raises(BadInput, match="a packaged base is for cpu or transformers"):
        load_recipe(written(tmp_path, base=base, implementation="nemo"))


@pytest.mark.parametrize("change", [{"sharding": "fsdp2"}, {"gradient_checkpointing": True}])
def test_cpu_takes_no_shards_and_computes_nothing_again(tmp_path, change):
    assert load_recipe(written(tmp_path, implementation="cpu")).implementation == "cpu"
    with pytest.raises(BadInput, match="implementation cpu needs sharding ddp and no gradient_checkpointing"):
        load_recipe(written(tmp_path, implementation="cpu", **change))


def test_last_adapter_may_be_saved_between_validations(tmp_path):
    recipe = load_recipe(written(tmp_path, lora__save_every=3, lora__keep="last"))
    assert (recipe.lora.save_every, recipe.lora.eval_every) == (3, 2)


@pytest.mark.parametrize("gone", ["beams", "no_repeat_tokens"])
def test_key_that_is_gone_is_named(tmp_path, gone):
    with pytest.raises(BadInput, match=rf"field generation\.{gone}: extra inputs"):
        load_recipe(written(tmp_path, **{f"generation__{gone}": 1}))


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

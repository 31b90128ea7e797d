import pytest

from edscribe_pipelines.train.architecture import NEMOTRON_NANO_9B_V2, bundled_config, describe_architecture
from edscribe_pipelines.train.preflight.implementation import check_implementation
from edscribe_pipelines.train.recipe import load_recipe
from edscribe_pipelines_tests.train.invented import TINY
from edscribe_pipelines_tests.train.tiny_llama import tiny_llama

CPU, H100 = load_recipe("smollm2_cpu"), load_recipe("nemotron_nano_9b_v2_h100")


@pytest.fixture(scope="module")
def nano():
    return describe_architecture(bundled_config(NEMOTRON_NANO_9B_V2))


def test_llama_on_a_cpu_passes():
    check = check_implementation(CPU, describe_architecture(tiny_llama().config))
    assert check.verdict == "passed"
    assert check.figures == {"layers": 2, "of_other_kinds": 0}


def test_base_that_is_no_llama_is_refused_on_a_cpu_with_what_to_set(nano):
    check = check_implementation(CPU, nano)
    assert check.verdict == "refused"
    assert "56 of the base's 56 layers" in check.message
    assert check.remedy == "Set implementation: transformers in the recipe."


@pytest.mark.parametrize("recipe", [TINY, H100])
def test_base_is_not_judged_for_an_implementation_of_many_kinds(nano, recipe):
    assert check_implementation(recipe, nano).verdict == "not_applicable"

from edscribe_pipelines.train.preflight.available import find_memory
from edscribe_pipelines.train.recipe import load_recipe
from edscribe_pipelines_tests.train.invented import TINY


def test_recipe_that_needs_a_card_is_held_to_one_and_the_tiny_one_to_this_machine():
    import torch

    names = [find_memory(recipe).name for recipe in (load_recipe("nemotron_nano_9b_v2_h100"), TINY)]
    if torch.cuda.is_available():
        assert names == [torch.cuda.get_device_name(0)] * 2
    else:
        assert names[0].startswith("H100 80GB (declared")
        assert names[1] == "this machine"

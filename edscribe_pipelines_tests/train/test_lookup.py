import torch
from transformers import AutoModelForCausalLM

from edscribe_pipelines.train.base import save_untrained_base
from edscribe_pipelines.train.recipe import load_recipe
from edscribe_pipelines.train.tokenizer import learn_tokenizer
from edscribe_pipelines_tests.train.invented import TINY


def test_untrained_base_already_copies_better_than_chance(tmp_path):
    """Random items, a separator between them, told twice: which item follows is to be looked up."""
    items, separator = torch.randint(10, 260, (8, 12), generator=torch.Generator().manual_seed(1)), 5
    told = torch.stack([items, torch.full_like(items, separator)], dim=2).flatten(1)
    save_untrained_base(tmp_path, learn_tokenizer(["a"], TINY.tokenizer), load_recipe("tiny_cpu").base, seed=1)
    model = AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    with torch.inference_mode():
        scores = model(torch.cat([told, told], dim=1)).logits[:, told.shape[1] : -1]
    right = scores.argmax(-1)[:, 1::2] == items[:, 1:]
    assert right.float().mean() > 0.2

"""A tokenizer in the manner of Nemotron Nano v2's, and recipes for pretrained weights."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines_tests.train.invented import TINY

SYSTEM, TURN, END = "<SPECIAL_10>", "<SPECIAL_11>", "<SPECIAL_12>"

TEMPLATE = (
    "{% set ns = namespace(think=true) %}"
    "{% for message in messages %}"
    "{% if '/no_think' in message['content'] %}{% set ns.think = false %}{% endif %}"
    "{% set said = message['content'].replace('/no_think', '').replace('/think', '').strip() %}"
    "{% if message['role'] == 'system' %}" + SYSTEM + "System\n{{ said }}\n"
    "{% elif message['role'] == 'user' %}" + TURN + "User\n{{ said }}\n"
    "{% else %}" + TURN + "Assistant\n{{ said }}\n" + END + "\n{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}" + TURN + "Assistant\n"
    "{{ '<think>\n' if ns.think else '<think></think>' }}{% endif %}"
)

PRETRAINED = Recipe.model_validate(
    TINY.model_dump()
    | {
        "base": {"kind": "pretrained", "name": "invented/nemotron-h"},
        "tokenizer": None,
        "warm_up": None,
        "sequence_length": 4096,
    }
)


def like_nemotron(texts: list[str], template: str = TEMPLATE) -> Any:
    """Return a byte-level tokenizer that is learned from `texts`, with Nemotron's marks of turns."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<unk>", "<s>", SYSTEM, TURN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token=END,
        pad_token="<unk>",
        additional_special_tokens=[SYSTEM, TURN],
        chat_template=template,
    )

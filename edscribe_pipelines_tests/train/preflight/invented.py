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

CHATML = (
    "{% for message in messages %}"
    "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""In the manner of SmolLM2's: no switch for reasoning, no thoughts."""
CHATML_MARKS = ("<|im_start|>", "<|im_end|>")

PRETRAINED = Recipe.model_validate(
    TINY.model_dump()
    | {
        "base": {"kind": "pretrained", "name": "invented/nemotron-h"},
        "tokenizer": None,
        "warm_up": None,
        "sequence_length": 4096,
    }
)


def like_nemotron(texts: list[str], template: str = TEMPLATE, marks: tuple[str, ...] = (SYSTEM, TURN, END)) -> Any:
    """Return a byte-level tokenizer that is learned from `texts`, with Nemotron's marks of turns; the last ends one."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<unk>", "<s>", *marks],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token=marks[-1],
        pad_token="<unk>",
        additional_special_tokens=[*marks[:-1]],
        chat_template=template,
    )

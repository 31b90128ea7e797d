"""A tokenizer for the tiny base, learned from the training split alone.

It splits where a fact of an ED note ends: at line ends, list separators and headings, and it keeps a vital
sign with its label and unit together. A drug name, a heading line or "Not documented in the source" then
becomes one token where it is frequent: sequences are half as long as with splits at every space, and a
fact is copied from prompt to note in few steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from edscribe_pipelines.clinical.sections import SECTIONS, heading
from edscribe_pipelines.train import recipe

PAD, BOS, EOS, PROMPT, NOTE = "<|pad|>", "<|begin|>", "<|end|>", "<|prompt|>", "<|note|>"
SPECIAL = (PAD, BOS, EOS, PROMPT, NOTE)

_HEADINGS = "|".join(re.escape(heading(section)) for section in SECTIONS)
_PIECES = (
    rf"\n*(?:{_HEADINGS})(?:\n(?!At )|(?=\nAt ))",
    r"\nAt \d+ min: ",
    r"(?:, )?\b[A-Za-z][A-Za-z0-9]* \d{1,3}(?:\.\d)?(?: F\b|%|/10\b)?(?= min\b|[^\d\w.]|\.\s|$)",
    r" \(ICD-\d+ \w+\)",
    r"[A-Z][a-z]+(?: [a-z]+)*: ",
    r"/?\d+(?:\.\d)?",
    r"\.?\n+|\. ",
)
"""Headings, times, vital signs with label and unit, codes, labels, numbers, ends of lines and sentences."""
_SPLIT = "|".join((*_PIECES, rf"(?:; )?(?:(?!; |{'|'.join(_PIECES)})[^\d])+"))
"""What stands between those is one piece up to the next list separator, which opens the item it precedes."""

_CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}"
    f"{{% if message['role'] == 'user' %}}{PROMPT}{{{{ message['content'] }}}}{NOTE}"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] }}{{ eos_token }}{% endif %}{% endfor %}"
)
"""The system prompt is left out: a base of a million parameters follows none, and its every token costs time."""


def learn_tokenizer(texts: Iterable[str], settings: recipe.Tokenizer) -> Any:
    """Return a transformers fast tokenizer with byte-pair merges of the most frequent pieces of `texts`."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=settings.vocabulary,
        min_frequency=settings.min_frequency,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        bos_token=BOS,
        eos_token=EOS,
        additional_special_tokens=[PROMPT, NOTE],
        chat_template=_CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )

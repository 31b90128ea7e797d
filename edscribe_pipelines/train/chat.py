"""A case as the model's own chat template words it, and which of its tokens are learned.

The prompt is rendered as it is when a note is to be generated, with all that the template puts before the
answer: Nemotron's writes `<think></think>` there where the system prompt says /no_think. The note and the
end of the turn follow, and the loss is on those alone. A template that is given the whole conversation may
render an earlier answer differently from one that it is about to write (Nemotron's drops its thoughts), so
that the model would learn one thing and be asked another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from edscribe_pipelines.errors import BadInput

Pair = dict[str, str]
"""`prompt` and `completion`."""

_ANSWER = "§"


class CaseTokens(NamedTuple):
    """`input_ids` of the whole case; the first `prompt_tokens` of them are given, the others are learned."""

    input_ids: list[int]
    prompt_tokens: int


def system_message(prompt: str, *, thinking: bool) -> str:
    """Return the system prompt of a specialty with Nemotron's switch for reasoning."""
    return f"{prompt}\n\n{'/think' if thinking else '/no_think'}"


def prompt_text(tokenizer: Any, prompt: str, system: str) -> str:
    """Return what stands before the note."""
    return tokenizer.apply_chat_template(_turns(prompt, system), add_generation_prompt=True, tokenize=False)


def turn_end(tokenizer: Any, system: str) -> str:
    """Return what the template puts behind a note, up to the token that ends generation.

    Raises BadInput where there is none: the model would never learn to stop.
    """
    turns = [*_turns("", system), {"role": "assistant", "content": _ANSWER}]
    behind = tokenizer.apply_chat_template(turns, tokenize=False).rpartition(_ANSWER)[2]
    end = behind.find(tokenizer.eos_token)
    if end < 0:
        raise BadInput("chat template", "ends no turn with the end-of-text token", remedy="Take the model's own.")
    return behind[: end + len(tokenizer.eos_token)]


def tokenise(tokenizer: Any, pairs: Sequence[Pair], system: str) -> list[CaseTokens]:
    """Return the tokens of each case."""
    if not pairs:
        return []
    end = turn_end(tokenizer, system)
    told = _input_ids(tokenizer, [prompt_text(tokenizer, pair["prompt"], system) for pair in pairs])
    written = _input_ids(tokenizer, [pair["completion"] + end for pair in pairs])
    return [CaseTokens(before + note, len(before)) for before, note in zip(told, written, strict=True)]


def case_tokens(tokenizer: Any, pair: Pair, system: str) -> CaseTokens:
    return tokenise(tokenizer, [pair], system)[0]


def _turns(prompt: str, system: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": prompt}]


def _input_ids(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    return tokenizer(texts, add_special_tokens=False)["input_ids"]

"""A case as the model's own chat template words it, and which of its tokens are learned.

The prompt is rendered as it is when a note is to be generated, with all that the template puts before the
answer: Nemotron's writes `<think></think>` there where the system prompt says /no_think, and begins a thought
where it says /think. Cases hold no thoughts, so an answer that begins amid one ends it, empty, before the note.
The end of the turn follows the note, and the loss is on the answer alone. A template that is given the whole
conversation may render an earlier answer differently from one that it is about to write (Nemotron's drops its
thoughts), so that the model would learn one thing and be asked another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from edscribe_pipelines.errors import BadInput

Pair = dict[str, str]
"""`prompt` and `completion`."""

NO_SWITCH = "Set thinking: false, or take a base whose chat template knows /think and /no_think."
"""What to do where reasoning is asked of a base that cannot be told to."""

_ANSWER = "§"
_THOUGHT, _THOUGHT_END = "<think>", "</think>"
_EMPTY_THOUGHT = f"{_THOUGHT_END}\n\n"
"""The rest of a thought that the template has begun."""


class CaseTokens(NamedTuple):
    """`input_ids` of the whole case; the first `prompt_tokens` of them are given, the others are learned."""

    input_ids: list[int]
    prompt_tokens: int


class WordedPrompt(NamedTuple):
    """What stands before the answer. `thought_open`: the answer has to end a thought before its note begins."""

    text: str
    thought_open: bool


def has_thinking_switch(tokenizer: Any) -> bool:
    """Return whether the chat template knows Nemotron's /think and /no_think: to others they are text."""
    return "/no_think" in (tokenizer.chat_template or "")


def system_message(tokenizer: Any, prompt: str, *, thinking: bool) -> str:
    """Return the system prompt of a specialty, with the switch for reasoning where the chat template has one.

    Raises BadInput where it has none and the recipe asks for reasoning.
    """
    if has_thinking_switch(tokenizer):
        return f"{prompt}\n\n{'/think' if thinking else '/no_think'}"
    if thinking:
        problem = "the base's chat template has no switch for reasoning"
        raise BadInput("recipe", problem, field="thinking", remedy=NO_SWITCH)
    return prompt


def prompt_text(tokenizer: Any, prompt: str, system: str) -> str:
    """Return what stands before the answer."""
    return tokenizer.apply_chat_template(_turns(prompt, system), add_generation_prompt=True, tokenize=False)


def word_prompt(tokenizer: Any, prompt: str, system: str) -> WordedPrompt:
    """Return the text before the answer, and whether the template leaves a thought open at its end."""
    text, said = prompt_text(tokenizer, prompt, system), prompt.strip()
    opening = text.rpartition(said)[2] if said else text
    _, begun, thought = opening.rpartition(_THOUGHT)
    return WordedPrompt(text, bool(begun) and _THOUGHT_END not in thought)


def note_in(answer: str, *, thought_open: bool) -> str | None:
    """Return the note of an answer; None where its thought never ends."""
    if not thought_open:
        return answer.strip()
    _, ended, note = answer.partition(_THOUGHT_END)
    return note.strip() if ended else None


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
    prompts = [word_prompt(tokenizer, pair["prompt"], system) for pair in pairs]
    thoughts = [_EMPTY_THOUGHT if prompt.thought_open else "" for prompt in prompts]
    given = _input_ids(tokenizer, [prompt.text for prompt in prompts])
    answers = [thought + pair["completion"] + end for thought, pair in zip(thoughts, pairs, strict=True)]
    learned = _input_ids(tokenizer, answers)
    return [CaseTokens(before + answer, len(before)) for before, answer in zip(given, learned, strict=True)]


def case_tokens(tokenizer: Any, pair: Pair, system: str) -> CaseTokens:
    return tokenise(tokenizer, [pair], system)[0]


def _turns(prompt: str, system: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": prompt}]


def _input_ids(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    return tokenizer(texts, add_special_tokens=False)["input_ids"]

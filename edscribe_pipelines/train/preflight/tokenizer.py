"""Whether the tokenizer and its chat template carry a case to the model and back unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.chat import NO_SWITCH, has_thinking_switch, prompt_text, system_message, turn_end
from edscribe_pipelines.train.preflight.check import Check

ROUND_TRIP, SPECIAL_TOKENS, CHAT_TEMPLATE, THINKING = (
    "tokenizer round trip",
    "special tokens",
    "chat template",
    "thinking switch",
)
_AT_ONCE = 1_000
_NAMED = 5
"""Cases that a message names, by their random ids."""

_PROBE = "Woman, 61"
_OTHER_TOKENIZER = "Take the tokenizer that was published with the base."


def check_texts(tokenizer: Any, texts: Mapping[str, Sequence[str]]) -> list[Check]:
    """Return the checks of what the tokenizer makes of `texts`, the prompt and the note of each case by its id."""
    changed: set[str] = set()
    special: set[str] = set()
    marks = {number for number, token in tokenizer.added_tokens_decoder.items() if token.special}
    marks |= set(tokenizer.all_special_ids)
    for case_ids, batch in _batches(texts):
        encoded = tokenizer(batch, add_special_tokens=False)["input_ids"]
        back = tokenizer.batch_decode(encoded, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        rows = list(zip(case_ids, batch, encoded, back, strict=True))
        changed |= {case for case, text, _, decoded in rows if decoded != text}
        special |= {case for case, _, ids, _ in rows if not marks.isdisjoint(ids)}
    return [
        _of_cases(
            ROUND_TRIP,
            changed,
            len(texts),
            "come back from the tokenizer changed",
            "come back from the tokenizer as they were",
            _OTHER_TOKENIZER,
        ),
        _of_cases(
            SPECIAL_TOKENS,
            special,
            len(texts),
            "hold the text of a special token, which would end or begin a turn amid the case",
            "hold the text of no special token",
            "Remove those words from the notes they come from.",
        ),
    ]


def _batches(texts: Mapping[str, Sequence[str]]) -> Iterator[tuple[list[str], list[str]]]:
    flat = [(case_id, text) for case_id, pair in texts.items() for text in pair]
    for start in range(0, len(flat), _AT_ONCE):
        some = flat[start : start + _AT_ONCE]
        yield [case_id for case_id, _ in some], [text for _, text in some]


def _of_cases(name: str, failed: set[str], of: int, problem: str, well: str, remedy: str) -> Check:
    figures = {"cases": of, "failed": len(failed)}
    if not failed:
        return Check(name, "passed", f"all {of:,} cases {well}", figures=figures)
    named = ", ".join(sorted(failed)[:_NAMED])
    message = f"{len(failed):,} of {of:,} cases {problem}, among them {named}"
    return Check(name, "refused", message, remedy, figures)


def check_chat_template(tokenizer: Any, system: str) -> Check:
    """Return whether the template tells the model where its answer begins and how it ends."""
    if not tokenizer.chat_template:
        return Check(CHAT_TEMPLATE, "refused", "the tokenizer has none", _OTHER_TOKENIZER)
    if tokenizer.eos_token is None:
        return Check(CHAT_TEMPLATE, "refused", "the tokenizer has no end-of-text token", _OTHER_TOKENIZER)
    before = prompt_text(tokenizer, _PROBE, system)
    told, prompted, opening = before.rpartition(_PROBE)
    if not prompted:
        return Check(CHAT_TEMPLATE, "refused", "the template leaves the prompt of a case out", _OTHER_TOKENIZER)
    if not opening:
        return Check(CHAT_TEMPLATE, "refused", "nothing marks where the answer begins", _OTHER_TOKENIZER)
    try:
        end = turn_end(tokenizer, system)
    except BadInput:
        return Check(CHAT_TEMPLATE, "refused", "it ends no turn with the end-of-text token", _OTHER_TOKENIZER)
    told_system = system.split("\n")[0] in told
    figures = {"before_the_answer": opening, "after_the_answer": end, "system_prompt": told_system}
    message = f"the answer stands between {opening!r} and {end!r}"
    message += "" if told_system else "; the template leaves the system prompt out"
    return Check(CHAT_TEMPLATE, "passed", message, figures=figures)


def check_thinking(tokenizer: Any, prompt: str, *, thinking: bool) -> Check:
    """Return whether the template obeys the switch that `system_message` adds to a specialty's `prompt`."""
    switch = "/think" if thinking else "/no_think"
    if not has_thinking_switch(tokenizer):
        problem = "the chat template has no switch for reasoning"
        if thinking:
            return Check(THINKING, "refused", problem, NO_SWITCH)
        return Check(THINKING, "not_applicable", f"{problem}: the system prompt is left as it is")
    openings = [
        prompt_text(tokenizer, _PROBE, system_message(tokenizer, prompt, thinking=each)).rpartition(_PROBE)[2]
        for each in (thinking, not thinking)
    ]
    if openings[0] == openings[1]:
        return Check(THINKING, "refused", "the answer begins alike with /think and with /no_think", _OTHER_TOKENIZER)
    message = f"with {switch} the answer begins behind {openings[0]!r}"
    return Check(THINKING, "passed", message, figures={"opening": openings[0]})

"""What a note shows of the steps of a protocol that it invokes.

An act that was not done is not shown by being named ("no antibiotics given"); one left out for a reason that the
note gives was addressed. An assessment is shown by its denial, too: "no stridor" is an airway looked at.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from edscribe_pipelines.clinical.protocols.cues import Surroundings, is_near
from edscribe_pipelines.clinical.protocols.rules import Protocol, Role, Step
from edscribe_pipelines.clinical.protocols.states import NOT_TODAYS, OF_THE_PAST
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

_REASON_REACH = 200
StepState = Literal["present", "omitted", "missing", "not_assessable"]


class Span(NamedTuple):
    start: int
    end: int


Shown = dict[tuple[str, Role], list[Span]]
"""Where the patterns of a protocol's steps match, in the order of the note."""


def shown_of(note: ParsedNote, protocol: Protocol) -> Shown:
    shown: Shown = {}
    for key, match in protocol.patterns.matches(note.text):
        shown.setdefault(key, []).append(Span(*match.span()))
    return {key: sorted(spans) for key, spans in shown.items()}


def step_states(note: ParsedNote, protocol: Protocol, shown: Shown) -> dict[str, StepState]:
    return {key: _state(note, step, shown) for key, step in protocol.steps.items()}


def _state(note: ParsedNote, step: Step, shown: Shown) -> StepState:
    if step.is_conditional and not _holds(note, shown.get((step.key, "applies_if"), [])):
        return "not_assessable"
    states = {_said(note, step, span) for span in shown.get((step.key, "evidence"), [])}
    return next((state for state in _BEST_FIRST if state in states), "missing")


_BEST_FIRST: tuple[StepState, ...] = ("present", "omitted")


def _holds(note: ParsedNote, conditions: list[Span]) -> bool:
    """Whether a condition is asserted of this visit."""
    contexts = (note.context(*span) for span in conditions if note.section_at(span.start) not in OF_THE_PAST)
    return any(not context & {"negated", *NOT_TODAYS} for context in contexts)


def _said(note: ParsedNote, step: Step, span: Span) -> StepState:
    if "family" in note.context(*span):
        return "missing"
    if step.is_act and not happened(note, span):
        return "omitted" if _was_left_out(note, span) and _has_reason(note, span) else "missing"
    return "present"


def happened(note: ParsedNote, span: Span) -> bool:
    """Whether the act named there was done, ordered or planned in this visit."""
    if note.section_at(span.start) in OF_THE_PAST or note.context(*span) & NOT_TODAYS:
        return False
    return not _was_left_out(note, span)


def _was_left_out(note: ParsedNote, span: Span) -> bool:
    around = Surroundings(note, *span)
    return around.before("not_done", within_clause=True) or around.after("not_done")


def _has_reason(note: ParsedNote, span: Span) -> bool:
    sentence = note.sentence_at(span.start)
    start, end = max(sentence.start, span.start - _REASON_REACH), min(sentence.end, span.end + _REASON_REACH)
    return is_near("reason", note.text[start:end])

"""How a statement is meant: denied, of the past, of a relative, planned, only considered.

The method is that of NegEx and ConText: a cue opens a scope, forward or backward, that ends with the sentence, at a
word that turns it ("but"), or where a clause with a verb of its own begins. In some sections and under some headings
("Family history:") everything is meant so.
Sources: Chapman et al., J Biomed Inform 2001; Harkema et al., J Biomed Inform 2009.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple, cast

from edscribe_pipelines.clinical.reading.cues import Context, Cue, cues_in
from edscribe_pipelines.clinical.reading.passages import under_heading
from edscribe_pipelines.clinical.reading.sentences import Sentence
from edscribe_pipelines.clinical.reading.states import SectionSpan
from edscribe_pipelines.tables import read_table, table_cache


class Scope(NamedTuple):
    """What stands in note[start:end] is meant so."""

    context: Context
    start: int
    end: int


_REACH = 500
"""The longest list that a denial governs; a sentence longer than that is a table or a dump."""
_AND = re.compile(r",|\band\b", re.I)
_OR = re.compile(r",?[ \t]*(?:and[ \t]+)?n?or\b", re.I)
_OWN_VERB = re.compile(r"(?:is|are|was|were|has|have|had)\b", re.I)


def scopes_in(text: str, sentences: Sequence[Sentence], spans: Sequence[SectionSpan]) -> list[Scope]:
    """Return the scopes that sections, headings and cues open, in the order in which they start."""
    by_section = _section_contexts()
    scopes = [Scope(by_section[span.section], span.start, span.end) for span in spans if span.section in by_section]
    upcoming = iter(sentences)
    start = end = 0
    cues: list[Cue] = []
    opens = False
    for cue in cues_in(text):
        begin, after, meaning = cue
        if begin >= end:
            if opens:
                scopes += _scopes_in_sentence(text, start, end, cues)
            while begin >= end:
                start, end = next(upcoming)
            cues, opens = [], False
        if meaning.heading and (passage := under_heading(text, begin, after, spans)):
            scopes += [_under(context, *passage, end) for context in meaning.heading]
        elif after <= end:
            cues.append(cue)
            opens = opens or meaning.opens
    if opens:
        scopes += _scopes_in_sentence(text, start, end, cues)
    return sorted((scope for scope in scopes if scope.start < scope.end), key=attrgetter("start"))


def _under(context: Context, start: int, end: int, sentence_end: int) -> Scope:
    """A differential on the line of its heading is one sentence; what the line goes on to say is decided."""
    return Scope(context, start, sentence_end if context == "uncertain" and start < sentence_end else end)


def _scopes_in_sentence(text: str, start: int, end: int, cues: Sequence[Cue]) -> Iterator[Scope]:
    for number, (begin, after, meaning) in enumerate(cues):
        if meaning.opens:
            for context in meaning.forward:
                yield Scope(context, after, _end_of_forward(text, context, cues, number, end))
            for context in meaning.backward:
                yield Scope(context, _start_of_backward(text, context, cues, number, start), begin)


def _end_of_forward(text: str, context: Context, cues: Sequence[Cue], number: int, end: int) -> int:
    opened = cues[number][1]
    end = _before_bracket(text, opened, min(end, opened + _REACH))
    for other in range(number + 1, len(cues)):
        begin, _, meaning = cues[other]
        if begin >= end:
            break
        if context in meaning.ends:
            return begin
        if meaning.is_verb and context != "hypothetical":
            comma = max(text.rfind(",", opened, begin), text.rfind(" and ", opened, begin))
            if comma >= 0 and not _OR.match(text, comma):
                return comma
    return end


def _before_bracket(text: str, begin: int, end: int) -> int:
    """Return where the brackets close around text[begin], or `end`."""
    closes = text.find(")", begin, end)
    return closes if closes >= 0 and text.find("(", begin, closes) < 0 else end


def _start_of_backward(text: str, context: Context, cues: Sequence[Cue], number: int, start: int) -> int:
    """Return where the clause begins that ends with the cue: at the first comma or "and" between its verb and the
    verb before."""
    opened = cues[number][0]
    start = max(start, opened - _REACH)
    verb = opened if _OWN_VERB.match(text, opened) else None
    for other in range(number - 1, -1, -1):
        begin, after, meaning = cues[other]
        if after <= start:
            break
        if context in meaning.ends:
            return after
        if meaning.is_verb:
            comma = _AND.search(text, after, verb) if verb is not None else None
            if comma:
                return comma.end()
            verb = begin
    return start


@table_cache
def _section_contexts() -> dict[str, Context]:
    rows = [row for row in read_table("context_cues.csv") if row["direction"] == "section"]
    return {section: cast(Context, row["context"]) for row in rows for section in row["cues"].split(";")}

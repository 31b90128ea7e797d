"""Which protocols a note invokes, considers or denies.

A diagnosis plainly asserted of today, or an act that starts the protocol ("code stroke"), invokes it. What is ruled
out or called off later was considered. A name alone ("sepsis" in a differential) is considered at most, and only in
the decision making: elsewhere it says too little.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from edscribe_pipelines.clinical.protocols.cues import Surroundings
from edscribe_pipelines.clinical.protocols.rules import Naming, Protocol, namings, protocols
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

State = Literal["invoked", "considered", "negated", "absent"]

OF_THE_PAST = frozenset({"Past Medical/Surgical History", "Medications", "Allergies", "Social History"})
"""Sections about what was before this visit."""
NOT_TODAYS = frozenset({"historical", "family", "hypothetical"})
_WORDS_AROUND = 100
"""How far the words of a `trigger_exclude` reach around a mention, at most."""


class Mention(NamedTuple):
    """A protocol's name at text[start:end], and how it is meant; `ends` where it was ruled out or called off."""

    protocol: str
    state: State
    start: int
    end: int
    ends: bool = False


def protocol_states(note: ParsedNote) -> dict[str, State]:
    """Return the state of every protocol."""
    found = note.of(decisive_mentions)
    return {name: found[name].state if name in found else "absent" for name in protocols()}


def decisive_mentions(note: ParsedNote) -> dict[str, Mention]:
    """Return for each protocol that the note invokes, considers or denies the first mention that says so."""
    by_protocol: dict[str, list[Mention]] = {}
    for mention in sorted(_mentions(note), key=lambda mention: mention.start):
        by_protocol.setdefault(mention.protocol, []).append(mention)
    return {name: _decisive(by_protocol[name]) for name in protocols() if name in by_protocol}


def _decisive(mentions: list[Mention]) -> Mention:
    ended = max((mention.start for mention in mentions if mention.ends), default=-1)
    invoked = [mention for mention in mentions if mention.state == "invoked"]
    if any(mention.start > ended for mention in invoked):
        return invoked[0]
    considered = [mention for mention in mentions if mention.state == "considered"]
    if invoked:
        return invoked[0]._replace(state="considered")
    return (considered or mentions)[0]


def _mentions(note: ParsedNote) -> Iterator[Mention]:
    for (name, naming), match in namings().matches(note.text):
        state, ends = _meant(note, protocols()[name], naming, *match.span())
        if state != "absent":
            yield Mention(name, state, *match.span(), ends)


def _meant(note: ParsedNote, protocol: Protocol, naming: Naming, start: int, end: int) -> tuple[State, bool]:
    context, section = note.context(start, end), note.section_at(start)
    if section in OF_THE_PAST or context & NOT_TODAYS:
        return "absent", False
    if _is_excluded(note.text, protocol, start, end):
        return ("negated" if "negated" in context else "absent"), False
    around = Surroundings(note, start, end)
    if around.before("elsewhere") or around.after("elsewhere"):
        return "absent", False
    if around.before("negated") or around.after("negated"):
        return "negated", False
    if around.before("ended", within_clause=True) or around.after("ended"):
        return "considered", True
    if around.before("considered", within_clause=naming == "enacted") or around.after("considered"):
        return "considered", False
    if naming == "enacted":
        return ("negated" if around.before("not_done") or around.after("not_done") else "invoked"), False
    if "negated" in context:
        return "negated", False
    if "uncertain" in context or (naming == "named" and section == "Medical Decision Making"):
        return "considered", False
    return ("invoked" if naming == "trigger" else "absent"), False


def _is_excluded(text: str, protocol: Protocol, start: int, end: int) -> bool:
    """Whether the mention lies in words that mean something else, which never reach over the end of a line."""
    low = max(text.rfind("\n", max(0, start - _WORDS_AROUND), start) + 1, start - _WORDS_AROUND)
    line_end = text.find("\n", end, end + _WORDS_AROUND)
    high = min(end + _WORDS_AROUND, len(text)) if line_end < 0 else line_end
    if not protocol.may_exclude.candidates(text[max(0, low - _WORDS_AROUND) : high]):
        return False
    matches = protocol.trigger_exclude.finditer(text, low, high)
    return any(match.start() <= start and end <= match.end() for match in matches)

"""What became of a dose: given or ordered here, at home, withheld, by the ambulance, prescribed, long ago.

The section decides where it is one of home medications, history or allergies; else the cues of
`tables/dose_contexts.csv` in the clause of the dose, the nearest first. What remains unclear in the course counts as
given, because a missed overdose is worse than a doubted home medication.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

Status = Literal["ed", "home", "allergy", "withheld", "elsewhere", "discharge", "history"]

NOT_ED_SECTIONS = {"Past Medical/Surgical History", "Medications", "Allergies", "Social History"}
HISTORY_SECTIONS = {"Chief Complaint", "History of Present Illness", "Review of Systems"}
_PARENTERAL = {"IV", "IO", "IM", "INFUSION"}
_ORAL_ONLY = {"regimen": "home", "course": "discharge"}
"""A regimen (daily, for ten days) is no ED order unless the route says that it is."""

_BREAK = re.compile(r"[\n;]|[.!?](?=\s)")
_PRESCRIBED_LINE = re.compile(
    r"[ \t*#>|-]*(?:(?:discharge|new|home[- ]going|going home)[ \t]+)?"
    r"(?:prescriptions?|rx|scripts?|TT[OA]s?|takeaways?|discharge med\w*|(?:to )?take home|going home|e-?rx)\b"
    r"(?:[ \t]+(?:given|sent|issued|on discharge|meds?))*[ \t*]*[:=|-]",
    re.I,
)
_AFTERCARE_LINE = re.compile(
    r"[ \t*#>|-]*(?:home[ \t]+(?:treatment|care|regimen|instructions)|treatment[ \t]+at[ \t]+home"
    r"|(?:discharge|going[- ]home|aftercare)[ \t]+(?:plan|instructions|advice)|aftercare|advice|instructions)"
    r"[ \t*]*[:=|-]",
    re.I,
)
"""Of the second half of a note: at its beginning what was done at home is told so."""
_TURN = re.compile(r"\b(?:then|here|but|on arrival|upon arrival)\b", re.I)
_ANYWHERE = 99
_REACH_BEFORE = 200
_REACH_AFTER = 100


class _Cue(NamedTuple):
    """Where in the clause it stands; `within` is how many words may part it from the dose."""

    start: int
    end: int
    means: str
    direction: str
    within: int


def status_of(note: ParsedNote, start: int, end: int, route: str, previous: tuple[int, int] = (-1, -1)) -> Status:
    """Return what became of the dose note.text[start:end]; `previous` is the place of the dose before it."""
    section = note.section_at(start)
    if section in NOT_ED_SECTIONS:
        if section == "Medications" and 2 * start > len(note.text) and _is_on_prescription(note.text, start):
            return "discharge"
        return "allergy" if section == "Allergies" else "home"
    begin, clause, cues = note.of(_Clauses).around(start, end)
    low, high = start - begin, end - begin
    ahead = _cues_ahead(cues, low, previous[0] - begin, previous[1] - begin)
    told = _nearby(clause, cues, low, high, route) or _told_after(clause, cues, high)
    told = told or _told_before(clause, ahead, low, section) or _unless_told(section, route)
    return "discharge" if told in ("ed", "home") and _is_on_prescription(note.text, start) else told


def _is_on_prescription(text: str, place: int) -> bool:
    """Whether the line of text[place] is one of prescriptions by its first words."""
    line = text.rfind("\n", 0, place) + 1
    is_aftercare = 2 * place > len(text) and _AFTERCARE_LINE.match(text, line) is not None
    return is_aftercare or _PRESCRIBED_LINE.match(text, line) is not None


class _Clauses:
    """The clauses of a note around its doses with their cues, each read once."""

    def __init__(self, note: ParsedNote) -> None:
        self._text = note.text
        self._read: dict[int, tuple[str, list[_Cue]]] = {}

    def around(self, start: int, end: int) -> tuple[int, str, list[_Cue]]:
        """Return where the clause of text[start:end] begins, the clause, and its cues."""
        begin = max(0, start - _REACH_BEFORE)
        for match in _BREAK.finditer(self._text, begin, start):
            begin = match.end()
        clause, cues = self._read.get(begin, ("", []))
        if begin + len(clause) < end:
            close = _BREAK.search(self._text, end, end + _REACH_AFTER)
            clause = self._text[begin : close.start() if close else end + _REACH_AFTER]
            cues = _cues_in(clause)
            self._read[begin] = clause, cues
        return begin, clause, cues


def _cues_in(clause: str) -> list[_Cue]:
    """Return the cues, none of a direction inside another of it: of "brought by EMS" and "by EMS" the first."""
    cues: list[_Cue] = []
    reached = {"before": 0, "after": 0}
    found = [(match.start(), -match.end(), key) for key, match in _cues().matches(clause)]
    for start, negative_end, (direction, means, within) in sorted(found):
        if reached[direction] < -negative_end:
            reached[direction] = -negative_end
            cues.append(_Cue(start, -negative_end, means, direction, within))
    return cues


def _nearby(clause: str, cues: list[_Cue], low: int, high: int, route: str) -> Status | None:
    given_from = max(
        (cue.end for cue in cues if (cue.means, cue.direction) == ("ed", "before") and cue.end <= low), default=0
    )
    for cue in reversed(cues):
        is_overruled = cue.direction == "before" and cue.end < given_from
        if cue.within < _ANYWHERE and not is_overruled and _is_near(clause, cue, low, high):
            if cue.means not in _ORAL_ONLY:
                return cue.means  # type: ignore[return-value]
            if route not in _PARENTERAL:
                return _ORAL_ONLY[cue.means]  # type: ignore[return-value]
    return None


def _is_near(clause: str, cue: _Cue, low: int, high: int) -> bool:
    if cue.direction == "before":
        between = clause[cue.end : low] if cue.end <= low else None
    else:
        between = clause[high : cue.start] if cue.start >= high else None
    if between is None or len(between.split()) > cue.within:
        return False
    return not any(mark in between.strip(" ,:") for mark in ",:")


def _told_after(clause: str, cues: list[_Cue], high: int) -> Status | None:
    turn = _TURN.search(clause, high)
    limit = turn.end() if turn else len(clause)
    for cue in cues:
        if cue.direction == "after" and cue.within == _ANYWHERE and high <= cue.start <= limit:
            return cue.means  # type: ignore[return-value]
    return None


def _cues_ahead(cues: list[_Cue], low: int, previous_start: int, previous_end: int) -> list[_Cue]:
    """Return the cues that lead to the dose: "by EMS" behind the dose before it was said of that one."""
    said_after = [cue.start for cue in cues if cue.direction == "after" and previous_start >= 0]
    return [
        cue
        for cue in cues
        if cue.direction == "before" and cue.within == _ANYWHERE and cue.end <= low
        if not any(previous_end <= place < cue.end and cue.start <= place for place in said_after)
    ]


def _told_before(clause: str, ahead: list[_Cue], low: int, section: str | None) -> Status | None:
    """The nearest cue decides, but "en route" holds also for what "was given" behind it."""
    if not ahead:
        return None
    if any(cue.means == "elsewhere" and not _TURN.search(clause, cue.end, low) for cue in ahead):
        return "elsewhere"
    nearest = max(ahead, key=lambda cue: (cue.end, cue.means != "ed"))
    if nearest.means == "ed" and section == "Disposition":
        return None
    return nearest.means  # type: ignore[return-value]


def _unless_told(section: str | None, route: str) -> Status:
    if section == "Disposition":
        return "ed" if route in _PARENTERAL else "discharge"
    if section in HISTORY_SECTIONS:
        return "elsewhere" if route in _PARENTERAL else "home"
    return "ed"


@table_cache
def _cues() -> PatternSet[tuple[str, str, int]]:
    return PatternSet(
        ((row["direction"], row["means"], int(row["within_words"] or _ANYWHERE)), row["pattern"])
        for row in read_table("dose_contexts.csv")
    )

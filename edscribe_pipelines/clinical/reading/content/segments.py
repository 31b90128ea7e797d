"""A note cut into segments: lines, sentences, cells, and what stands behind a word that may be a heading.

A cut too many costs little, because neighbours of one section are joined again; a cut too few mixes two sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from edscribe_pipelines.clinical.patterns.spellings import in_small_ascii
from edscribe_pipelines.tables import read_table, table_cache

Border = Literal["start", "blank", "line", "cell", "stop", "cue", "long"]
"""What divides a segment from the one before: the note's beginning, an empty line, a line break, a cell's edge, a
stop, a word that may be a heading, or nothing but its length."""


class Cue(NamedTuple):
    """A label of `tables/sections.csv` at note[start:end], in small letters.

    `section` is the one that it opens where it is a heading; `is_major` says that it hardly means anything else.
    """

    label: str
    section: str
    is_major: bool
    start: int
    end: int


class Segment(NamedTuple):
    """note[start:end] without the blanks around it; what it says begins at `content`, behind a heading.

    `label` is what stands as a heading before it, of the table or not, in small letters; "" without one.
    """

    start: int
    content: int
    end: int
    border: Border
    cue: Cue | None
    label: str


_BORDER = re.compile(
    r"(?:(?=[ \t\xa0\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029|•¦<&+=_.\[☐☑☒✓])|(?<=[;.]))(?:"
    r"(?P<blank>[ \t\xa0]*(?:\r?\n[ \t\xa0]*){2,})|(?P<line>[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029])"
    r"|(?P<cell>[|\t•¦]|</?[A-Za-z][^<>\n]{0,60}>|&nbsp;|[ \xa0]{3,}|[ \xa0]+(?:--+|[–—-]|//?)[ \xa0]+|\+-[-+]+|={3,}"
    r"|_{4,}|\.{4,})"
    r"|(?P<stop>(?<=[.!?;:)])(?<!\d:)[ \xa0]+|(?<=;)|(?<=[a-z]{2}\.)(?=[A-Z])|(?<=\bperiod|.comma)[ ]"
    r"|(?=\[[ xX✓]?\]|[☐☑☒✓])))"
)
"""Its first line only saves time: it says where alone one of the others can match."""
_CLAUSE = re.compile(
    r",[ ]+|[ ](?=(?:and|but|so|then|because|she|he|they|we|i|on|who|with|which|after|at|her|his|there|no|denies|was|"
    r"given|patient)\b)",
    re.I,
)
_TURN = re.compile(
    r"\b(?:nkda|nka|nkma|no known|allergic to|denies|takes|smok(?:es|er)|non-?smok\w+|lives|on exam\w*|vitals?|obs|"
    r"discharged?|admit(?:ted)?|transfer(?:red)?|ecg|ekg|cxr|ct|x-?rays?|bloods|trop\w*|wbc|wcc|hb|hgb|impression|"
    r"differential|follow up|return if|given|gave|she has|he has|her (?:mother|father)|his (?:mother|father)|"
    r"no (?:allergies|meds|medications)|meds|bp|hr|temp|review of|past)\b"
)
"""Words that often turn to another section."""
_COMPLAINT = re.compile(
    r"\b(?:p/w|c/o|with|for|because of|due to|following|having|after|to us with)[ ]"
    r"|\b\d{1,3}[ -]?(?:y/?o|yrs?|years?|f|m)\b\.?(?:[ -]old)?"
    r"(?:[ ](?:male|female|man|woman|gentleman|lady|boy|girl|[fm])\b)?[,.]?[ ]"
    r"|[ ](?=x ?\d|(?:since|that|which|who|start(?:ed|ing)|on and off|from)\b)",
    re.I,
)
"""Where a complaint may begin or end within the sentence that opens a note."""
_OPENING = 400
_LONG, _LONGEST = 55, 90
_LONG_IN_SPEECH, _LONGEST_IN_SPEECH = 26, 50
"""Longer segments are cut where a clause may begin; a raw transcript has no other stops."""
_STOPS = (". ", ", ", ".\n", ": ", "; ")
_AROUND = 150
_BEHIND_CUE = re.compile(
    r"(?:(?:[/&+][A-Za-z.]{1,15}){1,3}(?=[*_]*(?:[:=\n]|$))"
    r"|(?:[ \t\xa0]*[/&+][ \t\xa0]*[A-Za-z.]{1,15}){1,3}(?=[*_]*[ \t\xa0]*[:=]))?"
    r"(?:[ \t\xa0]*\([^)\n]{1,30}\))?[*_\]#=~]*[ \t\xa0]*(?:[:=*_]+|[–—-]+(?=\s)|\.{2,})?[*_\]]*[ \t\xa0]*"
)
_LABEL = re.compile(
    r"[\W\d_]{0,8}(?P<label>[A-Za-z][\w&/.'’() -]{0,45}?)[ \t\xa0]*[*_\])]*[ \t\xa0]*(?::(?!\d)|=|\.{3,})"
    r"[*_]*[ \t\xa0]*"
)
_DRESS = "*_#[(~=>•·-–—0123456789.) \t\xa0☐☑✓"
_SAY_SOMETHING = frozenset(("allergic to", "complaining of", "admit", "discharge", "admission", "d/c", "dc"))
"""Labels that are part of what is said where neither colon nor dash follows."""
_LETTER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789'?")
_RANKS: dict[Border, int] = {"long": 0, "cue": 1, "stop": 2, "cell": 3, "line": 4, "blank": 5, "start": 6}


def segments_of(note: str) -> list[Segment]:
    """Return the segments in the order of the note; they do not overlap."""
    small = in_small_ascii(note.replace("\xa0", " "))
    cues = {cue.start: cue for cue in _cues_in(small)}
    return [_segment(note, small, piece, cues) for piece in _pieces(note, small, cues)]


class _Piece(NamedTuple):
    start: int
    end: int
    border: Border


def _pieces(note: str, small: str, cues: dict[int, Cue]) -> Iterator[_Piece]:
    within = {place for cue in cues.values() for place in range(cue.start + 1, cue.end)}
    turns = {turn.start() for turn in _TURN.finditer(small)}
    turns |= {match.end() for match in _COMPLAINT.finditer(note, 0, _OPENING)}
    borders: dict[int, tuple[int, Border]] = {place: (place, "long") for place in turns - within}
    borders |= {place: (place, "cue") for place in cues}
    borders |= {match.start(): (match.end(), match.lastgroup or "line") for match in _BORDER.finditer(note)}  # type: ignore[misc]
    begin = 0
    border: Border = "start"
    for place in sorted(borders):
        after, kind = borders[place]
        if place < begin:
            continue
        if note[begin:place].strip():
            yield from _short_pieces(note, begin, place, border)
            border = kind
        else:
            border = kind if _RANKS[kind] > _RANKS[border] else border
        begin = after
    yield from _short_pieces(note, begin, len(note), border)


def _short_pieces(note: str, begin: int, end: int, border: Border) -> Iterator[_Piece]:
    said = note[begin:end]
    start = begin + len(said) - len(said.lstrip())
    end = begin + len(said.rstrip())
    long, longest = (_LONG, _LONGEST) if _has_stops(note, start, end) else (_LONG_IN_SPEECH, _LONGEST_IN_SPEECH)
    while end - start > long:
        clause = _CLAUSE.search(note, start + long // 2, min(end, start + longest))
        place = clause.end() if clause else note.rfind(" ", start + 1, start + longest) + 1
        if place <= start or place >= end:
            break
        yield _Piece(start, start + len(note[start:place].rstrip()), border)
        start, border = place, "long"
    if start < end:
        yield _Piece(start, end, border)


def _has_stops(note: str, start: int, end: int) -> bool:
    around = note[max(0, start - _AROUND) : end + _AROUND]
    return any(stop in around for stop in _STOPS)


def _segment(note: str, small: str, piece: _Piece, cues: dict[int, Cue]) -> Segment:
    start, end, border = piece
    said = note[start:end]
    cue = cues.get(end - len(said.lstrip(_DRESS)))
    if cue is not None:
        return Segment(start, _behind(note, cue, piece), end, border, cue, cue.label)
    label = _LABEL.match(note, start, end)
    if label is None:
        return Segment(start, start, end, border, None, "")
    return Segment(start, label.end(), end, border, None, small[label.start("label") : label.end("label")].strip())


def _behind(note: str, cue: Cue, piece: _Piece) -> int:
    """Return where the words of the segment begin, behind its cue."""
    behind = _BEHIND_CUE.match(note, cue.end, piece.end)
    after = behind.end() if behind else cue.end
    is_heading = bool(note[cue.end : after].strip()) or after == piece.end
    return after if is_heading or cue.label not in _SAY_SOMETHING else piece.start


def _cues_in(small: str) -> Iterator[Cue]:
    """Yield the labels that stand as whole words; of those that overlap, the first and longest."""
    automaton, labels = _cues()
    found = sorted(
        (start, -end, number)
        for number, start, end in automaton.find_matches_as_indexes(small, overlapping=True)
        if not (start and small[start - 1] in _LETTER) and not (end < len(small) and small[end] in _LETTER)
    )
    free = 0
    for start, negative_end, number in found:
        if start >= free:
            free = -negative_end
            yield Cue(*labels[number], start, free)


@table_cache
def _cues() -> tuple[AhoCorasick, Sequence[tuple[str, str, bool]]]:
    cues: dict[str, tuple[str, str, bool]] = {}
    for row in read_table("sections.csv"):
        for column in ("headings", "minor_headings", "preface_headings", "cues"):
            for label in row[column].casefold().split(";"):
                if len(label) > 1:
                    cue = label, row["section"], column == "headings"
                    cues |= {written: cue for written in _written(label) if written not in cues}
    automaton = AhoCorasick(list(cues), implementation=Implementation.DFA)
    return automaton, list(cues.values())


def _written(label: str) -> set[str]:
    changes = ((" & ", " and "), ("/", " / "), ("/", " and "), ("-", " "))
    return {label, *(label.replace(old, new) for old, new in changes)}

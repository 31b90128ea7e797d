"""Where a note tells a region of the body with its side, and whether that is of what is ill today."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.grounding.sides import sides_in
from edscribe_pipelines.clinical.grounding.terms import terms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.sentences import Sentence
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS, says_why
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, places_of
from edscribe_pipelines.tables import read_table, table_cache

_NOT_TOLD_IN = {"Past Medical/Surgical History", "Medications", "Allergies", "Social History"}
_NO_REGION = {"side", "ventricle", "atrium", "bundle branch", "heart", "fracture"}
"""Of the heart there are always two; a fracture is of its bone."""
_HEMISPHERE, _DEFICIT = "hemisphere", "side of the deficit"
_BODY = re.compile(r"hemi(?:par|pleg|body|sens)", re.I)
_SIDE_BEHIND = re.compile(
    r"(?P<finding>[ ](?:TTP|pain|tenderness|abrasions?|positive|weakness|swelling|\+))?[ ,:(]{1,2}"
    r"(?P<side>[Ll]eft|[Rr]ight|[LR])\b(?:-sided)?(?![.'-])"
    r"(?(finding)(?![ ](?:leg|arm|hand|foot|knee|hip|ankle|wrist|shoulder|elbow|flank|chest|"
    r"thigh|calf|eye|ear|rib)\w*)|"
    r"(?![ ](?!at\b|on\b|with\b|to\b|and\b|in\b|than\b)[a-z]))"
)
"""The side behind the part; without a finding between them no word may follow that the side belongs to."""
_SIDE_BEFORE = re.compile(
    r"(?<![\w/])(?P<side>[Ll]eft|LEFT|[Rr]ight|RIGHT|[LR]t?\b\.?)[- ](?:sided?[ ])?(?:(?!and\b|or\b|of\b|"
    r"in\b|to\b|the\b|on\b)"
    r"[\w-]+[ ]){0,2}$"
)
_CLOSE = 14
"""Characters to each side: "aspiration of the left hip under ketamine 20 mg IV" is no access."""
_SIDES = {"l": "left", "r": "right", "lt": "left", "rt": "right"}
_ACROSS = {"left": "right", "right": "left"}
_TURN_BEHIND = re.compile(
    r"[,;\n]|\.(?=\s|$)|[ ](?:and|or|but|with|without)[ ](?:no|not|without)\b|[ ](?:but|without|no)\b|->|→"
)
_TURN_BEFORE = re.compile(r"[,;\n]|\b(?:but|and no|while|whereas)\b|->|→")
_DENIAL = re.compile(r"\b(?:no|not|denie[sd]|denying|without|neg\w*|never|nor)\b(?=[^.;]*$)", re.I)
_NOTHING = re.compile(r"[ ]*(?::[ ]*)?(?:without|no|none|nil|neg)\b", re.I)
_AGREED = re.compile(r"\b(?:consent\w*|time-?out|site (?:marked|verified|confirmed)|marked)\b", re.I)
_FILMED = re.compile(r"\b(?:XRs?|X-?rays?|films?|radiographs?)(?:[ ](?:of|the))*[ :-]*$", re.I)
_AGREED_BEFORE, _FILMED_BEFORE = 60, 24
"""Characters before a side in which the words that agree on it stand, and those for its film."""
Sided = dict[str, dict[str, list[Place]]]


def sided_places(note: ParsedNote) -> Sided:
    """Return the places of each region by side, in the order of the note."""
    regions: Sided = {}
    for named, side, place in (*_parts(note), *_illnesses(note)):
        if side in _ACROSS:
            for region in named:
                regions.setdefault(region, {"left": [], "right": []})[side].append(place)
    return {region: {side: sorted(places) for side, places in sides.items()} for region, sides in regions.items()}


def is_of_the_illness(note: ParsedNote, place: Place) -> bool:
    """Whether it is plainly told of what is wrong today."""
    clause = _clause(note, place)
    is_done = bool(_words()["a procedure"].search(note.text, *clause))
    context = note.context(*place) - ({"planned"} if is_done else set())
    if note.section_at(place[0]) in _NOT_TOLD_IN or context & NOT_TODAYS:
        return False
    if _FILMED.search(note.text, max(0, place[0] - _FILMED_BEFORE), place[0]):
        return not says_why(note, *clause, "changed")
    if _NOTHING.match(note.text, place[1]):
        return False
    if "negated" in context and _DENIAL.search(note.text[note.sentence_at(place[0]).start : place[0]]):
        return False
    return not (says_why(note, *clause, "changed") or _is_of_no_matter(note.text, place, clause, is_done=is_done))


def _is_of_no_matter(text: str, place: Place, clause: Sentence, *, is_done: bool) -> bool:
    """Whether the clause tells the sound side, another time or an access; of a procedure only what stands close by."""
    words = _words()
    near = Sentence(max(clause.start, place[0] - _CLOSE), min(clause.end, place[1] + _CLOSE)) if is_done else clause
    return (
        words["nothing of the illness"].search(text, *near) is not None
        or words["the sound side"].search(text, *near) is not None
        or words["another time"].search(text, *clause) is not None
    )


def is_in_procedure(note: ParsedNote, place: Place) -> bool:
    """Whether a procedure stands by it, or the consent or the time-out in which the side is agreed on."""
    if _words()["a procedure"].search(note.text, *_clause(note, place)):
        return True
    start = max(note.sentence_at(place[0]).start, place[0] - _AGREED_BEFORE)
    return bool(_AGREED.search(note.text, start, place[0]))


def _parts(note: ParsedNote) -> Iterator[tuple[tuple[str, ...], str, Place]]:
    """Yield regions, side and place of each part, those with the side behind the part, too ("chest wall TTP R")."""
    for said in sides_in(note):
        if said.field and said.field not in _NO_REGION:
            yield from _with_the_other_half(note, said.field, said.value, (said.start, said.end))
    for term in note.of(terms_in):
        if term.kind == "part" and not term.side and term.name not in _NO_REGION:
            behind = _SIDE_BEHIND.match(note.text, term.end)
            if behind:
                yield from _with_the_other_half(note, term.name, side_named(behind["side"]), (term.start, behind.end()))


def _with_the_other_half(
    note: ParsedNote, part: str, side: str, place: Place
) -> Iterator[tuple[tuple[str, ...], str, Place]]:
    """Yield a part; where it is a hemisphere, also the side of the body that it moves."""
    if part == _HEMISPHERE and _BODY.search(note.text, *place):
        yield (_DEFICIT,), side, place
        return
    yield _regions().get(part, (part,)), side, place
    if part == _HEMISPHERE and side in _ACROSS:
        yield (_DEFICIT,), _ACROSS[side], place


def _illnesses(note: ParsedNote) -> Iterator[tuple[tuple[str, ...], str, Place]]:
    for region in _regions_worded():
        for start, end in places_of(note, "region", region):
            side, place = _sided(note.text, start, end)
            yield (region,), side, place
            if region == _HEMISPHERE and side in _ACROSS:
                yield (_DEFICIT,), _ACROSS[side], place


def _sided(text: str, start: int, end: int) -> tuple[str, Place]:
    """Return the side that stands before or behind text[start:end], empty where none does, with the place of both."""
    before = _SIDE_BEFORE.search(text, max(0, start - 40), start)
    if before:
        return side_named(before["side"]), (before.start(), end)
    behind = _SIDE_BEHIND.match(text, end)
    return (side_named(behind["side"]), (start, behind.end())) if behind else ("", (start, end))


def side_named(written: str) -> str:
    """Return left or right for a word of it."""
    side = written.lower().rstrip(".")
    return _SIDES.get(side, side)


def _clause(note: ParsedNote, place: Place) -> Sentence:
    """Return the part of the sentence around the place, up to a comma or to what it lacks."""
    sentence = note.sentence_at(place[0])
    turns = [turn.end() for turn in _TURN_BEFORE.finditer(note.text, sentence.start, place[0])]
    behind = _TURN_BEHIND.search(note.text, place[1], max(sentence.end, place[1]))
    return Sentence(turns[-1] if turns else sentence.start, behind.start() if behind else max(sentence.end, place[1]))


@table_cache
def _regions() -> dict[str, tuple[str, ...]]:
    regions: dict[str, tuple[str, ...]] = {}
    for row in read_table("side_regions.csv"):
        for part in row["parts"].split(";"):
            regions[part] = (*regions.get(part, ()), row["region"])
    return regions


@table_cache
def _regions_worded() -> tuple[str, ...]:
    return tuple(row["region"] for row in read_table("side_regions.csv"))


@table_cache
def _words() -> dict[str, re.Pattern[str]]:
    return {row["means"]: re.compile(row["pattern"], re.I) for row in read_table("side_words.csv")}

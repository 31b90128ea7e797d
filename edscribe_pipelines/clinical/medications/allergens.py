"""What a note says its patient is allergic to: the Allergies section, and "allergic to X" or "X allergy" elsewhere.

An allergen is a drug of `tables/drug_names.csv` or a class of `tables/allergy_names.csv`. Taking a denial, a relative's
allergy or a tolerated drug for an allergy would forbid a right treatment; pollen and food are no matter of doses.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.names import DrugMention, drug_mentions
from edscribe_pipelines.clinical.reading.choices import chosen
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

SECTION = "Allergies"
_SAID_OF_ANOTHER = {"negated", "family", "hypothetical", "planned"}
_HINTS = ("llerg", "LLERG", "naphyla", "NKA", "NKDA", "nkda", "nka", "N.K.D.A")
_REACH = 160
_REACH_BEFORE = 60
_LONGEST_LIST = 12
_TO = re.compile(
    r"\b(?P<now>allergic reactions? to)|\b(?:allerg(?:ic|y|ies)(?: to)?|anaphyla\w+ (?:to|with|after))\b", re.I
)
_FIRST_GAP = re.compile(
    r"[ \t]*(?:[:-]|include|including|are|is)?[ \t]*(?:(?:the|any|all|oral|IV|intravenous|both|drugs?)[ \t]+){0,2}",
    re.I,
)
_NEXT_GAP = re.compile(r"[ \t]*(?:\([^)\n]{0,40}\))?[ \t]*[,/&+]?[ \t]*(?:and|or)?[ \t]*(?:to[ \t]+)?", re.I)
_ALLERGY_BEHIND = re.compile(
    r"(?:[ \t-](?:drug|medication|class|drugs|antibiotic))?(?:[ \t]\([^)\n]{1,40}\))?[ \t-](?:anaphylactic )?allerg",
    re.I,
)
_SAID_NO = re.compile(
    r"(?:[ \t]+(?:drugs?|allergy|antibiotics?))?(?:[ \t]*(?:[:=?(|]|[–—-]+)[ \t]*"
    r"(?:(?:no|n|nil|none|neg(?:ative)?|denie[sd]|absent)\b(?![ \t]*/)|y(?:es)?[ \t]*/[ \t]*[(\[]no?[)\]])|[ \t]*[✗✘✕])"
    r"(?![ \t]+(?:rash|reactions?|known|details?)\b)",
    re.I,
)
"""What a form says of each drug that it asks for: "Sulfa: no"."""
_AS_TREATMENT = re.compile(r"[ \t]+(?:(?:was|were)[ \t]+)?(?:given|required|needed|used|administered)\b", re.I)
"""A drug that an allergy was treated with: "(anaphylaxis, epi given)"."""
_ITEM_END = re.compile(r"[\n;]|[.](?=\s|$)|,(?![^(]*\))")


class Allergy(NamedTuple):
    """`allergen` is a drug or a class; `is_plain` unless only suspected, or of a reaction that happens now;
    `is_intolerance` where the reaction is named and is none of the immune system."""

    allergen: str
    start: int
    end: int
    is_plain: bool
    is_intolerance: bool


class AllergyStatements(NamedTuple):
    """`none_said` is where the note says that the patient has no drug allergy."""

    allergies: tuple[Allergy, ...]
    none_said: tuple[tuple[int, int], ...]


def stated_allergies(note: ParsedNote) -> tuple[Allergy, ...]:
    """Return the drugs and classes that the patient is said to be allergic to, in the order of the note."""
    return note.of(allergy_statements).allergies


def allergy_statements(note: ParsedNote) -> AllergyStatements:
    """Return the allergies and the statements that there is none."""
    sections = [span for span in note.spans if span.section == SECTION and span.start < span.end]
    hints = [place for place in _hints(note.text) if note.section_at(place) != SECTION]
    if not hints and not sections:
        return AllergyStatements((), ())
    allergies: dict[int, Allergy] = {}
    none_said: list[tuple[int, int]] = []
    for _, start, end in sections:
        none_said.extend(_none_said(note.text, start, end) or _opens_with_none(note.text, start, end))
        allergies.update((each.start, each) for each in _listed(note, start, end))
    for start, end in dict.fromkeys(note.sentence_at(place) for place in hints):
        none_said.extend(_none_said(note.text, start, min(end, start + 10 * _REACH)))
        allergies.update((each.start, each) for each in _told(note, start, end))
    return AllergyStatements(tuple(allergies[place] for place in sorted(allergies)), tuple(sorted(none_said)))


def _hints(text: str) -> list[int]:
    places: list[int] = []
    for hint in _HINTS:
        place = text.find(hint)
        while place >= 0:
            places.append(place)
            place = text.find(hint, place + len(hint))
    return sorted(places)


def _none_said(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [match.span() for match in cue("none").finditer(text, start, end)]


def _opens_with_none(text: str, start: int, end: int) -> list[tuple[int, int]]:
    match = re.compile(r"\W*(?:none|nil|no|denies)(?: known| reported| documented)?\W*$", re.I).match(text, start, end)
    return [match.span()] if match else []


def _listed(note: ParsedNote, start: int, end: int) -> Iterator[Allergy]:
    """Yield what the Allergies section lists and does not call tolerated."""
    for mention in _allergens(note, start, end):
        item_end = _end_of_item(note.text, mention.end, end)
        earliest = max(start, mention.start - _REACH_BEFORE)
        opens = max(note.text.rfind(mark, earliest, mention.start) for mark in "\n;.") + 1
        said = note.text[max(earliest, opens) : item_end]
        if not cue("tolerated").search(said) and not note.context(mention.start, mention.end) & _SAID_OF_ANOTHER:
            yield _allergy(note, mention, item_end, is_now=False)


def _told(note: ParsedNote, start: int, end: int) -> Iterator[Allergy]:
    """Yield what a sentence outside that section calls an allergen."""
    text = note.text
    mentions = _allergens(note, start, end)
    reached: list[tuple[DrugMention, bool]] = []
    for lead in _TO.finditer(text, start, end):
        place, gap = lead.end(), _FIRST_GAP
        following = mentions[bisect_left(mentions, place, key=lambda mention: mention.start) :][:_LONGEST_LIST]
        for mention in following:
            if not gap.fullmatch(text, place, mention.start):
                break
            reached.append((mention, bool(lead["now"])))
            place, gap = mention.end, _NEXT_GAP
    reached.extend((mention, False) for mention in mentions if _ALLERGY_BEHIND.match(text, mention.end, end))
    for mention, is_now in reached:
        if not note.context(mention.start, mention.end) & _SAID_OF_ANOTHER:
            yield _allergy(note, mention, _end_of_item(text, mention.end, end), is_now)


def _allergy(note: ParsedNote, mention: DrugMention, item_end: int, is_now: bool) -> Allergy:
    said = note.text[mention.end : item_end]
    return Allergy(
        allergen=mention.drug,
        start=mention.start,
        end=mention.end,
        is_plain=not is_now and "uncertain" not in note.context(mention.start, mention.end),
        is_intolerance=bool(cue("intolerance").search(said)) and not cue("reaction").search(said),
    )


def _end_of_item(text: str, place: int, end: int) -> int:
    end = min(end, place + _REACH)
    match = _ITEM_END.search(text, place, end)
    return match.start() if match else end


def _allergens(note: ParsedNote, start: int, end: int) -> list[DrugMention]:
    """Return drugs and classes in note.text[start:end] that no form leaves unticked or answers with "no"; a class only
    where no drug's name stands."""
    drugs = note.of(drug_mentions)
    place = bisect_left(drugs, start, key=lambda drug: drug.start)
    found: list[DrugMention] = []
    while place < len(drugs) and drugs[place].end <= end:
        found.append(drugs[place])
        place += 1
    taken = {at for drug in found for at in range(drug.start, drug.end)}
    for match in _class_pattern().finditer(note.text, start, end):
        if match.start() not in taken:
            found.append(DrugMention(_class_names()[match[0].lower()], *match.span()))
    ticked = chosen(note.text[start:end])
    asked_for = (drug for drug in found if not ticked[drug.start - start].isspace())
    said = (
        drug
        for drug in asked_for
        if not _SAID_NO.match(note.text, drug.end) and not _AS_TREATMENT.match(note.text, drug.end)
    )
    return sorted(said, key=lambda drug: drug.start)


@table_cache
def _class_names() -> dict[str, str]:
    rows = read_table("allergy_names.csv")
    return {name.lower(): row["class"] for row in rows for name in (row["class"], *row["synonyms"].split(";"))}


@table_cache
def _class_pattern() -> re.Pattern[str]:
    longest_first = sorted(_class_names(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.I | re.A)


def cue(kind: str) -> re.Pattern[str]:
    """Return the pattern of all cues of a kind in `tables/allergy_cues.csv`."""
    return _cues()[kind]


@table_cache
def _cues() -> dict[str, re.Pattern[str]]:
    kinds: dict[str, list[str]] = {}
    for row in read_table("allergy_cues.csv"):
        kinds.setdefault(row["kind"], []).append(row["pattern"])
    return {kind: re.compile("|".join(patterns), re.I) for kind, patterns in kinds.items()}

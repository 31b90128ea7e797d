"""What a note says its patient is allergic to: in the Allergies section, a form ("Sulfa: yes, swelling") or prose.

An allergen is a drug of `tables/drug_names.csv` or a class of `tables/allergy_names.csv`. Taking a denial, a relative's
allergy or a tolerated drug for an allergy would forbid a right treatment; pollen and food are no matter of doses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.allergens_told import (
    ToldAllergen,
    allergens_named,
    allergens_of_reactions,
)
from edscribe_pipelines.clinical.medications.allergy_classes import are_related
from edscribe_pipelines.clinical.medications.allergy_words import cue, drugs_and_classes
from edscribe_pipelines.clinical.medications.names import DrugMention
from edscribe_pipelines.clinical.medications.ordered import has_sig, heading_over, is_dosed
from edscribe_pipelines.clinical.reading.choices import chosen
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

SECTION = "Allergies"
_SAID_OF_ANOTHER = {"negated", "family", "hypothetical", "planned"}
_NAMED_HINTS = ("llerg", "LLERG", "naphyla", "NKA", "NKDA", "nkda", "nka", "N.K.D.A")
_REACTION_HINTS = (
    *("hives", "rticaria", "ngioedema", "swel", "swol", "rash", "SJS", "Stevens", "clos", "wheez", "ronchosp"),
    *("react", "React", "break", "broke", "stopped breath", "naphyla"),
)
"""Where a reaction may be told without the word allergy."""
_REACH = 160
_REACH_BEFORE = 60
_LONGEST_FORM = 10
_FORM_HEADING = re.compile(
    r"[^\w\n]{0,6}(?:[A-Za-z/&]+[ \t]){0,3}?(?:drug[ \t])?allerg\w*(?:[ \t][A-Za-z/&]+){0,3}[^\w\n]*$", re.I
)
_NONE_ALONE = re.compile(r"\W*(?:none|nil|no|denies)(?: known| reported| documented)?\W*$", re.I)
_SHORT_HEADING = re.compile(r"A(?:LLS?|LLG|ll?g|lls?|DRs?)[ \t]*[:=-](?P<list>[^\n]*)")
_IN_BRACKETS = re.compile(r"[\[(][Aa]llerg\w*(?:[ ]list)?[ ]?:(?P<list>[^\])\n]*)")
_AT_HAND = re.compile(
    r"\b(?:carr(?:y|ies|ied|ying)|has|have|had|owns?|keeps?|needs?|needed|requir(?:es?|ed|ing)|uses?|used|given|gave|got|"
    r"prescribed|wears?|with|w/|treated with|respond\w+ to|reliev\w+ by|better with)[ \t]+"
    r"(?:(?:an?|her|his|their|own|home|personal|two|2|IM|the)[ \t]+)*$",
    re.I,
)
_OPENS_A_STATEMENT = re.compile(r"(?:^|\n|[.;][ \t]{1,9})[^\w\n]{0,4}$")
_SAID_NO = re.compile(
    r"(?:[ \t]+(?:drugs?|allergy|antibiotics?))?(?:[ \t]*(?:[:=?(|]|[–—-]+)[ \t]*"
    r"(?:(?:no|n|nil|none|neg(?:ative)?|denie[sd]|absent)\b(?![ \t]*/)|y(?:es)?[ \t]*/[ \t]*[(\[]no?[)\]])|[ \t]*[✗✘✕])"
    r"(?![ \t]+(?:rash|reactions?|known|details?)\b)",
    re.I,
)
"""What a form says of each drug that it asks for: "Sulfa: no"."""
_AS_TREATMENT = re.compile(
    r"[ \t]+(?:(?:was|were|is)[ \t]+)?(?:given|required|needed|used|administered|chosen|selected|preferred|picked)\b",
    re.I,
)
"""A drug that an allergy was treated with ("anaphylaxis, epi given"), or that was chosen because of it."""
_ITEM_END = re.compile(r"[\n;]|[.](?=\s|$)")
_COMMA = re.compile(r",(?![^(]*\))")
_DOUBTED = re.compile(r"[\"”]?[ \t]?\?")
_OPIOIDS = ("morphine", "fentanyl", "tramadol", "methadone", "vancomycin")
"""Itching and flushing are no allergy to them, nor to what is of their class."""


class Allergy(NamedTuple):
    """`allergen` is a drug or a class; `is_plain` unless only suspected, refuted, or of a reaction that happens now;
    `is_intolerance` where the reaction is named and is none of the immune system; `is_named` where it is called an
    allergy."""

    allergen: str
    start: int
    end: int
    is_plain: bool
    is_intolerance: bool
    is_named: bool = True


class AllergyStatements(NamedTuple):
    """`none_said` is where the note says that the patient has no drug allergy."""

    allergies: tuple[Allergy, ...]
    none_said: tuple[tuple[int, int], ...]


def stated_allergies(note: ParsedNote) -> tuple[Allergy, ...]:
    """Return the drugs and classes that the patient is said to be allergic to, in the order of the note."""
    return note.of(allergy_statements).allergies


def allergy_statements(note: ParsedNote) -> AllergyStatements:
    """Return the allergies and the statements that there is none."""
    sections = [(span.start, span.end) for span in note.spans if span.section == SECTION and span.start < span.end]
    hints = [place for place in _hints(note.text, _NAMED_HINTS) if note.section_at(place) != SECTION]
    told = [place for place in _hints(note.text, _REACTION_HINTS) if note.section_at(place) != SECTION]
    allergies: dict[int, Allergy] = {}
    none_said: list[tuple[int, int]] = []
    for start, end in dict.fromkeys(note.sentence_at(place) for place in told):
        allergies.update((each.start, each) for each in _told(note, start, end, is_named=False))
    for start, end in dict.fromkeys(note.sentence_at(place) for place in hints):
        none_said.extend(_none_said(note.text, start, min(end, start + 10 * _REACH)))
        allergies.update((each.start, each) for each in _told(note, start, end, is_named=True))
    for start, end in sections:
        none_said.extend(_none_said(note.text, start, end) or _opens_with_none(note.text, start, end))
    for start, end in [*sections, *_forms(note.text, hints)]:
        allergies.update((each.start, each) for each in _listed(note, start, end))
    return AllergyStatements(tuple(allergies[place] for place in sorted(allergies)), tuple(sorted(none_said)))


def _hints(text: str, words: tuple[str, ...]) -> list[int]:
    places: list[int] = []
    for hint in words:
        place = text.find(hint)
        while place >= 0:
            places.append(place)
            place = text.find(hint, place + len(hint))
    return sorted(places)


def _none_said(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [match.span() for match in cue("none").finditer(text, start, end)]


def _opens_with_none(text: str, start: int, end: int) -> list[tuple[int, int]]:
    match = _NONE_ALONE.match(text, start, end)
    return [match.span()] if match else []


def _forms(text: str, hints: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the lines under each line that only says that allergies follow, up to an empty one, and what follows the
    short headings of hurried notes ("ALL: PCN") or stands in brackets ("[Allergy list: PCN]")."""
    for short in _SHORT_HEADING.finditer(text):
        if _OPENS_A_STATEMENT.search(text, max(0, short.start() - 15), short.start()):
            yield short.span("list")
    for listed in _IN_BRACKETS.finditer(text):
        yield listed.span("list")
    for place in hints:
        begin, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
        if end < 0 or not _FORM_HEADING.match(text, begin, end):
            continue
        close = end
        for _ in range(_LONGEST_FORM):
            following = text.find("\n", close + 1)
            following = len(text) if following < 0 else following
            if not text[close + 1 : following].strip():
                break
            close = following
        yield end, close


def _listed(note: ParsedNote, start: int, end: int) -> Iterator[Allergy]:
    """Yield what a list of allergies names and does not call tolerated or refuted."""
    mentions = [each for each in _allergens(note, start, end) if heading_over(note.text, each.start) != "other"]
    for number, mention in enumerate(mentions):
        close = mentions[number + 1].start if number + 1 < len(mentions) else end
        item_end = _end_of_item(note.text, mention.end, close)
        earliest = max(start, mention.start - _REACH_BEFORE)
        opens = max(note.text.rfind(mark, earliest, mention.start) for mark in "\n;.") + 1
        said = note.text[max(earliest, opens) : item_end]
        if _is_unharmful(said) or note.context(mention.start, mention.end) & _SAID_OF_ANOTHER:
            continue
        if note.section_at(mention.start) in (SECTION, None) or _has_reaction(note.text[mention.end : item_end]):
            yield _allergy(note, ToldAllergen(mention, False, True), item_end)


def _has_reaction(said: str) -> bool:
    """Whether a reaction is told: a list under "Meds/allergies:" has drugs that are none."""
    return bool(cue("reaction").search(said) or cue("intolerance").search(said))


def _is_unharmful(said: str) -> bool:
    return bool(cue("tolerated").search(said) or cue("refuted").search(said))


def _told(note: ParsedNote, start: int, end: int, *, is_named: bool) -> Iterator[Allergy]:
    """Yield what a sentence outside a list calls an allergen or tells a reaction to."""
    mentions = _allergens(note, start, end)
    if not mentions:
        return
    reached = (allergens_named if is_named else allergens_of_reactions)(note.text, mentions, start, end)
    for each in reached:
        mention = each.mention
        if note.context(mention.start, mention.end) & _SAID_OF_ANOTHER or cue("refuted").search(note.text, start, end):
            continue
        yield _allergy(note, each, _end_of_item(note.text, mention.end, end))


def _allergy(note: ParsedNote, told: ToldAllergen, item_end: int) -> Allergy:
    mention, text = told.mention, note.text
    said = text[mention.end : item_end] if told.is_named else text[note.sentence_at(mention.start).start : item_end]
    is_plain = not told.is_now and "uncertain" not in note.context(mention.start, mention.end)
    return Allergy(
        allergen=mention.drug,
        start=mention.start,
        end=mention.end,
        is_plain=is_plain and not _DOUBTED.match(text, mention.end),
        is_intolerance=_is_intolerance(mention.drug, said),
        is_named=told.is_named,
    )


def _is_intolerance(allergen: str, said: str) -> bool:
    if cue("reaction").search(said):
        return False
    itches = allergen == "opioids" or any(are_related(allergen, opioid) for opioid in _OPIOIDS)
    return bool(cue("intolerance").search(said) or (itches and cue("intolerance_of_opioids").search(said)))


def _end_of_item(text: str, place: int, end: int) -> int:
    """Return where what is said of an allergen ends: at a comma unless a reaction follows it."""
    end = min(end, place + _REACH)
    match = _ITEM_END.search(text, place, end)
    end = match.start() if match else end
    for comma in _COMMA.finditer(text, place, end):
        words = " ".join(text[comma.end() : end].split()[:4])
        if not (cue("intolerance").search(words) or cue("reaction").search(words)):
            return comma.start()
    return end


def _allergens(note: ParsedNote, start: int, end: int) -> list[DrugMention]:
    """Return drugs and classes in note.text[start:end] that no form leaves unticked or answers with "no", and that are
    not ordered there."""
    found = drugs_and_classes(note, start, end)
    if not found:
        return []
    ticked = chosen(note.text[start:end])
    asked_for = (drug for drug in found if not ticked[drug.start - start].isspace())
    return [
        drug
        for drug in asked_for
        if not _SAID_NO.match(note.text, drug.end)
        and not _AS_TREATMENT.match(note.text, drug.end)
        and not _is_at_hand(note.text, drug)
        and not _is_ordered(note, drug)
    ]


def _is_at_hand(text: str, drug: DrugMention) -> bool:
    """Whether it is what the reaction is treated with: "bee stings, carries EpiPen"."""
    is_held = _AT_HAND.search(text, max(0, drug.start - _REACH_BEFORE), drug.start) is not None
    return is_held and cue("remedy").fullmatch(text, drug.start, drug.end) is not None


def _is_ordered(note: ParsedNote, drug: DrugMention) -> bool:
    """Whether a list of allergies has run on into what was ordered."""
    if is_dosed(note, drug) or has_sig(note.text, drug.end):
        return True
    return heading_over(note.text, drug.start) in ("given", "prescribed")

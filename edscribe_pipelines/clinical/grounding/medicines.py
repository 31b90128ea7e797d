"""Drugs, their doses, and allergies as a text states them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.figures import Figure
from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.grounding.terms import terms_in
from edscribe_pipelines.clinical.grounding.whole_words import words_of
from edscribe_pipelines.clinical.medications.names import drugs_read
from edscribe_pipelines.clinical.medications.numbers import dose_words
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import table_cache

NO_ALLERGIES = "none"
ALLERGIES = "Allergies"

_MILLIGRAMS = {"mcg": 0.001, "mg": 1.0, "g": 1000.0}
_TO_DRUG = re.compile(r"(?:[ \t]+(?:IV|IM|PO|SL|IO|SC|SQ|of|tablets?|oral|push|bolus|chewable)\b){0,3}[ \t]+", re.I)
_DRUG_WITHIN = 60
_ANOTHER_STATEMENT = re.compile(
    r"[\n;]|[.!?]\s|(?:,|\band\b)\s*(?!(?:and|then|another|again|followed|repeat\w*)\b)[a-z]", re.I
)
"""Behind a comma another drug's name may stand, which no table knows."""
_TO_ALLERGEN = re.compile(r"\ballerg(?:ic|y|ies)(?:[ ]reactions?)?[ ]to[ ][^.;\n]{0,60}$", re.I)
_ALLERGY_BEHIND = re.compile(r"[ -]allerg(?:y|ies)\b", re.I)
_ITEM = re.compile(r"[^,;\n•]+")


class Medicines(NamedTuple):
    drugs: tuple[Said, ...]
    doses: tuple[Said, ...]
    allergies: tuple[Said, ...]


def medicines_in(note: ParsedNote, figures: Sequence[Figure]) -> Medicines:
    """Return drugs, doses and allergies; what a patient is allergic to is not among the drugs."""
    named = [mention for mention, _ in note.of(drugs_read)]
    allergies = sorted({*_listed(note, named), *_told(note, named)}, key=lambda said: said.start)
    of_allergies = [(said.start, said.end) for said in allergies]
    drugs = tuple(
        Said("drug", None, drug, start, end)
        for drug, start, end in named
        if not any(low <= start < high for low, high in of_allergies)
    )
    return Medicines(drugs, tuple(_doses(note.text, drugs, figures)), tuple(allergies))


def _doses(text: str, drugs: Sequence[Said], figures: Sequence[Figure]) -> Iterator[Said]:
    starts = {drug.start: drug for drug in drugs}
    grammar = _grammar()
    for figure in figures:
        unit = grammar.unit.match(text, figure.end) if figure.kind == "number" else None
        if not unit:
            continue
        drug = starts.get(behind.end()) if (behind := _TO_DRUG.match(text, unit.end())) else None
        drug = drug or _drug_before(text, drugs, figure.start)
        if drug:
            route = grammar.route.match(text, unit.end())
            end = route.end() if route else unit.end()
            yield Said("dose", drug.value, _dose(figure.value, unit, route), figure.start, end)


def _drug_before(text: str, drugs: Sequence[Said], place: int) -> Said | None:
    before = next((drug for drug in reversed(drugs) if drug.end <= place), None)
    if before is None or place - before.end > _DRUG_WITHIN or _ANOTHER_STATEMENT.search(text, before.end, place):
        return None
    return before


def _dose(amount: str, unit: re.Match[str], route: re.Match[str] | None) -> str:
    """Return "4 mg IV": amounts of mass in mg, the route where there is one."""
    name = _grammar().units[unit["unit"].lower()]
    per = (unit["per"] or "").replace(" ", "").lower()
    said = f"{float(amount) * _MILLIGRAMS.get(name, 1.0):.9g} {'mg' if name in _MILLIGRAMS else name}{per}"
    return f"{said} {route.lastgroup}" if route else said


def is_same_dose(one: str, other: str) -> bool:
    """Whether the amounts are equal and the routes, where both have one."""
    (amount, unit, *route), (other_amount, other_unit, *other_route) = one.split(" "), other.split(" ")
    return (amount, unit) == (other_amount, other_unit) and (not route or not other_route or route == other_route)


def _listed(note: ParsedNote, drugs: Sequence[tuple[str, int, int]]) -> Iterator[Said]:
    """Yield what the section of allergies lists, an item that is in no table by its words."""
    for section, start, end in note.spans:
        if section == ALLERGIES and note.states[ALLERGIES] == "documented":
            for item in _ITEM.finditer(note.text, start, end):
                known = list(_allergens(note, drugs, *item.span()))
                yield from (_allergy(note, *each) for each in known)
                words = words_of(item[0])
                if not known and words:
                    yield Said("allergy", None, " ".join(words), *item.span())


def _told(note: ParsedNote, drugs: Sequence[tuple[str, int, int]]) -> Iterator[Said]:
    if "llerg" not in note.text and "NKA" not in note.text and "NKDA" not in note.text:
        return
    for name, start, end in _allergens(note, drugs, 0, len(note.text)):
        if (
            name == NO_ALLERGIES
            or _ALLERGY_BEHIND.match(note.text, end)
            or _TO_ALLERGEN.search(note.text, max(0, start - 90), start)
        ):
            yield _allergy(note, name, start, end)


def _allergens(
    note: ParsedNote, drugs: Sequence[tuple[str, int, int]], low: int, high: int
) -> Iterator[tuple[str, int, int]]:
    done = low
    named = [(term.start, term.end, term.name) for term in note.of(terms_in) if term.kind == "allergen"]
    named += ((start, end, drug) for drug, start, end in drugs)
    for start, end, name in sorted(named, key=itemgetter(0)):
        if done <= start and end <= high:
            done = end
            yield name, start, end


def _allergy(note: ParsedNote, name: str, start: int, end: int) -> Said:
    denied = name != NO_ALLERGIES and "negated" in note.context(start, end)
    return Said("allergy", "allergies", f"not {name}" if denied else name, start, end)


class _Grammar(NamedTuple):
    """What stands behind the number of a dose; `units` are the names of the units by their spellings."""

    unit: re.Pattern[str]
    route: re.Pattern[str]
    units: dict[str, str]


@table_cache
def _grammar() -> _Grammar:
    units = {word.lower(): name for name, words in dose_words("unit") for word in words.split(";")}
    written = "|".join(re.escape(word).replace(r"\ ", "[ ]") for word in sorted(units, key=len, reverse=True))
    begins = "".join(sorted({word[0] for word in units}))
    routes = "|".join(f"(?P<{name}>{words})" for name, words in dose_words("route"))
    return _Grammar(
        unit=re.compile(rf"[ \t-]?(?=[{begins}])(?P<unit>{written})\b(?P<per>[ ]?/[ ]?(?:kg|h|hr|min)\b)?", re.I),
        route=re.compile(rf"[ \t,(]{{0,2}}(?:{routes})\b", re.I),
        units=units,
    )

"""The doses that a note names: drug, amount, route, how often, and what became of them.

A dose is an amount beside a drug of `tables/drug_names.csv`, in either order, with nothing but connecting words
(`tables/dose_words.csv`) between; or one that goes on from the dose before it ("then 6 mg", "another 4 mg").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.amounts import Amount, amounts_in
from edscribe_pipelines.clinical.medications.concentrations import Concentration, concentration_beside
from edscribe_pipelines.clinical.medications.contexts import NOT_ED_SECTIONS, Status, status_of
from edscribe_pipelines.clinical.medications.counts import times_given
from edscribe_pipelines.clinical.medications.dose_grammar import dose_grammar
from edscribe_pipelines.clinical.medications.names import DrugMention, drug_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

__all__ = ["NOT_ED_SECTIONS", "DoseMention", "Status", "dose_mentions", "ed_doses"]

_INTO_THE_MUSCLE = ("epipen", "auvi-q")
_FARTHEST_DRUG = 60
_FARTHEST_REPEAT = 200
_DISPENSED_LINE = re.compile(r"(?:^|\n)[^\w\n]{0,20}(?:medications?[ \t]+)?dispensed\b[^\n]*", re.I)
_ADDED = re.compile(r"\b(?:\w*caine|lido|\d%)[ \t]+(?:with|without|w/o?|and)[ \t]*$", re.I)
_TOTAL_BEFORE = re.compile(r"\b(?:total|cumulative)(?:[ \t]+(?:dose[ \t]+)?of)?[ \t:]*$", re.I)
_TOTAL_AFTER = re.compile(r"[ \t]*(?:IV[ \t]+)?(?:in[ \t]+)?total\b", re.I)


class DoseMention(NamedTuple):
    """`times` doses of `amount`, the higher end of a range that begins at `low`; `is_total` where the amount is said
    to be their sum, `per` where it is a rate or by weight, `strength` of one told as a volume. Only those of status
    "ed" were given or ordered here."""

    drug: str
    amount: float
    unit: str
    times: int
    is_total: bool
    route: str
    start: int
    end: int
    per: str | None = None
    status: Status = "ed"
    low: float | None = None
    strength: Concentration | None = None


class _Found(NamedTuple):
    """A drug with its dose: text[start:end] from the first to the last of the two, `tail` behind what belongs to it."""

    drug: str
    start: int
    end: int
    tail: re.Match[str]


def ed_doses(note: ParsedNote) -> tuple[DoseMention, ...]:
    """Return the doses given or ordered in the ED."""
    return tuple(mention for mention in note.of(dose_mentions) if mention.status == "ed")


def dose_mentions(note: ParsedNote) -> tuple[DoseMention, ...]:
    """Return all doses in the order of the note. What a line "Dispensed:" lists was not said to be given."""
    amounts = _not_dispensed(note.text, amounts_in(note.text))
    if not amounts:
        return ()
    drugs = [drug for drug in note.of(drug_mentions) if not _is_added(note.text, drug)]
    starts = [drug.start for drug in drugs]
    found: list[DoseMention] = []
    last: tuple[_Found, Amount] | None = None
    taken = -1
    for amount in amounts:
        place = bisect_left(starts, amount.start)
        before = drugs[place - 1] if place else None
        after = drugs[place] if place < len(drugs) else None
        pair = _pair(note.text, amount, before, after, taken)
        pair = pair or _pair_across(note.text, amount, before, taken)
        goes_on = None if pair else _continuation(note.text, amount, before, last)
        if not (pair := pair or goes_on):
            continue
        taken = max(taken, after.start) if after and pair.end == after.end else taken
        found.append(_mention(note, amount, pair, found[-1] if found else None, goes_on=bool(goes_on)))
        last = pair, amount
    return tuple(found)


def _is_added(text: str, drug: DrugMention) -> bool:
    """Whether the drug is what a local anesthetic comes with or without: its volume is none of epinephrine."""
    return drug.drug == "epinephrine" and _ADDED.search(text, max(0, drug.start - 30), drug.start) is not None


def _not_dispensed(text: str, amounts: list[Amount]) -> list[Amount]:
    if "ispensed" not in text and "ISPENSED" not in text:
        return amounts
    lines = [match.span() for match in _DISPENSED_LINE.finditer(text)]
    ends = [end for _, end in lines]
    return [
        amount
        for amount in amounts
        if (place := bisect_left(ends, amount.end)) == len(lines) or amount.start < lines[place][0]
    ]


def _pair(
    text: str, amount: Amount, before: DrugMention | None, after: DrugMention | None, taken: int
) -> _Found | None:
    """Return the dose with the drug before it, or after it where the one before is apart or has its dose already."""
    grammar = dose_grammar()
    leads = bool(
        before
        and amount.start - before.end <= _FARTHEST_DRUG
        and not _is_compound(text, before)
        and grammar.to_drug.fullmatch(text, before.end, amount.start)
    )
    is_apart = not before or not leads or before.start == taken or "," in text[before.end : amount.start]
    if is_apart and after and _follows(text, amount, after):
        return _found(text, after.drug, amount.start, after.end, after.end)
    if leads and before:
        return _found(text, before.drug, before.start, amount.end, amount.end)
    return None


def _pair_across(text: str, amount: Amount, before: DrugMention | None, taken: int) -> _Found | None:
    """Return the dose with a drug in the line or the cell before it, where neither has another partner."""
    if before is None or before.start == taken or amount.start - before.end > _FARTHEST_DRUG:
        return None
    if not dose_grammar().across.fullmatch(text, before.end, amount.start):
        return None
    return _found(text, before.drug, before.start, amount.end, amount.end)


def _follows(text: str, amount: Amount, after: DrugMention) -> bool:
    if after.start - amount.end > _FARTHEST_DRUG or _is_compound(text, after):
        return False
    return bool(dose_grammar().of_drug.fullmatch(text, amount.end, after.start))


def _is_compound(text: str, drug: DrugMention) -> bool:
    """Whether the name is a part of a longer one: the acetaminophen of an unknown "x-acetaminophen"."""
    return text[drug.start - 1 : drug.start] == "-"


def _continuation(
    text: str, amount: Amount, before: DrugMention | None, last: tuple[_Found, Amount] | None
) -> _Found | None:
    """Return the dose as one more of the drug of the dose before it."""
    if last is None:
        return None
    paired, previous = last
    close = max(paired.end, paired.tail.end())
    names_another = before is not None and before.start >= close
    is_near = 0 <= amount.start - close <= _FARTHEST_DRUG and dose_grammar().then.fullmatch(text, close, amount.start)
    is_again = (
        amount.start - close <= _FARTHEST_REPEAT
        and previous.unit == amount.unit
        and dose_grammar().again.search(text, max(close, amount.start - 40), amount.start)
    )
    if names_another or not (is_near or is_again):
        return None
    return _found(text, paired.drug, amount.start, amount.end, amount.end)


def _found(text: str, drug: str, start: int, end: int, tail_from: int) -> _Found:
    tail = dose_grammar().tail.match(text, tail_from)
    assert tail is not None
    return _Found(drug, start, end, tail)


def _mention(
    note: ParsedNote, amount: Amount, pair: _Found, previous: DoseMention | None, *, goes_on: bool
) -> DoseMention:
    """Return the dose read whole; one that `goes_on` from the one before goes the same way unless it says another."""
    text, (drug, start, end, tail) = note.text, pair
    times = times_given(text, start, end, amount.start, tail)
    end = max(end, tail.end("count"), tail.end("word"), tail.end("times"), tail.end("route"), tail.end("form"))
    route = _route(text, pair, amount)
    if goes_on and previous and route == "unstated" and previous.per in (None, "kg"):
        route = previous.route
    total_before = _TOTAL_BEFORE.search(text, max(0, amount.start - 25), amount.start)
    place = (previous.start, previous.end) if previous else (-1, -1)
    return DoseMention(
        drug=drug,
        amount=amount.amount,
        unit=amount.unit,
        times=times,
        is_total=bool(total_before or _TOTAL_AFTER.match(text, amount.end)),
        route=route,
        start=start,
        end=end,
        per=amount.per,
        status=status_of(note, start, end, route, place),
        low=amount.low,
        strength=concentration_beside(text, start, amount.start, amount.end) if amount.unit == "mL" else None,
    )


def _route(text: str, pair: _Found, amount: Amount) -> str:
    """Return the route said after the dose, between drug and dose or before both; what runs by time or as a drip is
    an infusion even where "IV" is said too."""
    grammar, tail = dose_grammar(), pair.tail
    if tail["form"] or (amount.per and amount.per.rpartition("/")[2] in ("h", "min")):
        return "INFUSION"
    if text[pair.start : pair.end].lower().startswith(_INTO_THE_MUSCLE):
        return "IM"
    said = (
        (tail["route"] and grammar.route.match(tail["route"]))
        or grammar.route.search(text, pair.start, pair.end)
        or grammar.route_ahead.search(text, max(0, pair.start - 30), pair.start)
    )
    return str(said.lastgroup) if said else "unstated"

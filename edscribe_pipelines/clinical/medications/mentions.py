"""The doses that a note names: drug, amount, route, how often, and what became of them.

A dose is an amount beside a drug of `tables/drug_names.csv`, in either order, with nothing but connecting words
(`tables/dose_words.csv`) between; or one that goes on from the dose before it ("then 6 mg", "another 4 mg").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.amounts import amounts_in
from edscribe_pipelines.clinical.medications.concentrations import Concentration, concentration_beside, packs
from edscribe_pipelines.clinical.medications.contexts import NOT_ED_SECTIONS, Status, status_of
from edscribe_pipelines.clinical.medications.dose_grammar import dose_grammar, hours_taken, times_given
from edscribe_pipelines.clinical.medications.names import DrugMention, drug_mentions
from edscribe_pipelines.clinical.medications.pairing import DosedDrug, dosed_drugs
from edscribe_pipelines.clinical.medications.quantities import Quantity, in_base
from edscribe_pipelines.clinical.medications.units import UNREADABLE, Amount, pack_names
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

__all__ = ["NOT_ED_SECTIONS", "DoseMention", "Status", "dose_mentions", "ed_doses"]

_INTO_THE_MUSCLE = ("epipen", "auvi-q")
_DISPENSED_LINE = re.compile(r"(?:^|\n)[^\w\n]{0,20}(?:medications?[ \t]+)?dispensed\b[^\n]*", re.I)
_ADDED = re.compile(r"\b(?:\w*caine|lido|\d%)[ \t]+(?:with|without|w/o?|and)[ \t]*$", re.I)
_TOTAL_BEFORE = re.compile(r"\b(?:total|cumulative)(?:[ \t]+(?:dose[ \t]+)?of)?[ \t:]*$", re.I)
_TOTAL_AFTER = re.compile(r"[ \t]*(?:IV[ \t]+)?(?:in[ \t]+)?total\b", re.I)

_IN_A_BAG = re.compile(
    r"[ \t]*(?:/|\b(?:in|(?:made up|diluted|mixed) (?:to|in|with))\b)[ \t]*(?P<volume>(?P<mL>\d{2,4})[ \t]?(?:mL|cc)\b)"
    r"[^.;\n]{0,30}?(?:\bat|@|\brun\w*)[ \t]*(?P<rate>\d{1,4}(?:\.\d{1,3})?)[ \t]?"
    r"(?:(?P<by_volume>(?:mL|cc)[ \t]?/[ \t]?h(?:(?:ou)?r)?[ \t]*(?P<made>=)?)"
    r"|(?:units?|mg|mcg|mEq|mmol|g)[ \t]?/[ \t]?(?:kg[ \t]?/[ \t]?)?(?:h|min))",
    re.I,
)
_LONGEST_DOSE_H = 6
"""Of a bag that runs longer the rate is what is given, not what is in it."""
_CALCULATED = re.compile(r"=[ \t]*$")
_CAPPED = re.compile(
    r"[ \t]*(?:->|→|[,;(])?[ \t]*(?:but[ ])?(?:max(?:imum)?|cap(?:ped)?|limited|reduced|rounded)\b"
    r"(?:[ ](?:dose|down|at|to|of))*[ :]*(?:\d|\))",
    re.I,
)


class DoseMention(NamedTuple):
    """`times` doses of `amount`, the higher end of a range that begins at `low`; `is_total` where the amount is said
    to be their sum, `per` where it is a rate or by weight, `strength` of one told as a volume, `over_h` how many hours
    it took. Only those of status "ed" were given or ordered here."""

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
    over_h: float | None = None

    @property
    def is_rate(self) -> bool:
        return self.per not in (None, "kg")

    @property
    def quantity(self) -> Quantity:
        """The amount in the units of the limits."""
        return in_base(self.amount, self.unit, self.per)

    def in_mass(self) -> DoseMention:
        """Return the dose with its volume as what is in it, where the strength is known."""
        if self.strength is None or self.unit != "mL":
            return self
        return self._replace(amount=self.amount * self.strength.amount, unit=self.strength.unit)


def ed_doses(note: ParsedNote) -> tuple[DoseMention, ...]:
    """Return the doses given or ordered in the ED."""
    return tuple(mention for mention in note.of(dose_mentions) if mention.status == "ed")


def dose_mentions(note: ParsedNote) -> tuple[DoseMention, ...]:
    """Return all doses in the order of the note. What a line "Dispensed:" lists was not said to be given."""
    return tuple(mention for mention in note.of(_seen) if mention.unit != UNREADABLE)


def unreadable_doses(note: ParsedNote) -> tuple[DoseMention, ...]:
    """Return the doses that have no amount that can be read, or are in packs of unknown size."""
    return tuple(mention for mention in note.of(_seen) if mention.unit == UNREADABLE)


def _seen(note: ParsedNote) -> tuple[DoseMention, ...]:
    amounts = _not_dispensed(note.text, list(_given(note.text, amounts_in(note.text))))
    if not amounts:
        return ()
    drugs = [drug for drug in note.of(drug_mentions) if not _is_added(note.text, drug)]
    found: list[DoseMention] = []
    for dosed in dosed_drugs(note.text, drugs, amounts):
        found.append(_mention(note, dosed, found[-1] if found else None))
    return tuple(found)


def _given(text: str, amounts: list[Amount]) -> Iterator[Amount]:
    """Yield the amounts without what a syringe or bag was filled with, of which a rate tells what is given, and
    without what a calculation came to before it was capped: "= 5,100 mg -> max 4,500 mg"."""
    filled = 0
    for amount in amounts:
        bag = _IN_A_BAG.match(text, amount.end)
        if bag and _is_told_by_rate(bag):
            filled = bag.end("volume")
        if amount.start >= filled and not _is_capped(text, amount):
            yield amount


def _is_told_by_rate(bag: re.Match[str]) -> bool:
    hours = float(bag["mL"]) / max(float(bag["rate"]), 0.001)
    return not bag["by_volume"] or bag["made"] is not None or hours > _LONGEST_DOSE_H


def _is_capped(text: str, amount: Amount) -> bool:
    return bool(_CALCULATED.search(text, max(0, amount.start - 4), amount.start) and _CAPPED.match(text, amount.end))


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


def _mention(note: ParsedNote, dosed: DosedDrug, previous: DoseMention | None) -> DoseMention:
    """Return the dose read whole; one that goes on from the one before goes the same way unless it says another."""
    text, tail, amount = note.text, dosed.tail, _unpacked(dosed)
    end = max(dosed.end, *(tail.end(part) for part in ("count", "word", "times", "route", "form")))
    route = _route(text, dosed)
    if dosed.goes_on and previous and route == "unstated" and not previous.is_rate:
        route = previous.route
    total_before = _TOTAL_BEFORE.search(text, max(0, amount.start - 25), amount.start)
    place = (previous.start, previous.end) if previous else (-1, -1)
    return DoseMention(
        drug=dosed.drug,
        amount=amount.amount,
        unit=amount.unit,
        times=1 if amount.is_shared else times_given(text, dosed.start, dosed.end, amount.start, tail),
        is_total=bool(total_before or _TOTAL_AFTER.match(text, amount.end)),
        route=route,
        start=dosed.start,
        end=end,
        per=amount.per,
        status=status_of(note, dosed.start, end, route, place),
        low=amount.low,
        strength=_strength(text, dosed) if amount.unit == "mL" else None,
        over_h=hours_taken(text, dosed.end),
    )


def _strength(text: str, dosed: DosedDrug) -> Concentration | None:
    """Return what one mL holds, said or, of a drug that comes in one concentration, known."""
    said = concentration_beside(text, dosed.start, dosed.amount.start, dosed.amount.end)
    return said or packs().get((dosed.drug, "mL"))


def _unpacked(dosed: DosedDrug) -> Amount:
    """Return the amount, of packs as what they hold."""
    amount, pack = dosed.amount, packs().get((dosed.drug, dosed.amount.unit))
    if pack and amount.unit != "mL":
        return amount._replace(amount=amount.amount * pack.amount, unit=pack.unit)
    return amount._replace(amount=0, unit=UNREADABLE) if amount.unit in pack_names() else amount


def _route(text: str, dosed: DosedDrug) -> str:
    """Return the route said after the dose, between drug and dose or before both; what runs by time or as a drip is
    an infusion even where "IV" is said too."""
    grammar, tail, per = dose_grammar(), dosed.tail, dosed.amount.per
    if tail["form"] or (per and per.rpartition("/")[2] in ("h", "min")):
        return "INFUSION"
    said = (
        (tail["route"] and grammar.route.match(tail["route"]))
        or grammar.route.search(text, dosed.start, dosed.end)
        or grammar.route_ahead.search(text, max(0, dosed.start - 30), dosed.start)
    )
    if said is None and text[dosed.start : dosed.end].lower().startswith(_INTO_THE_MUSCLE):
        return "IM"
    return str(said.lastgroup) if said else "unstated"

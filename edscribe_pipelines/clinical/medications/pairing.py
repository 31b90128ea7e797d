"""Which drug an amount belongs to: the one beside it with nothing but connecting words between, or the one before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.concentrations import packs
from edscribe_pipelines.clinical.medications.dose_grammar import dose_grammar
from edscribe_pipelines.clinical.medications.names import DrugMention
from edscribe_pipelines.clinical.medications.units import Amount, pack_names

_FARTHEST_DRUG = 60
_FARTHEST_ACROSS = 90
_FARTHEST_REPEAT = 200
_FARTHEST_RATE = 120
_RUNS = re.compile(r"\b(?:infus|drip|gtt|mainten|titrat|increas|decreas|rate\b|running|load|then\b|followed)", re.I)
_SENTENCE_ENDS = re.compile(r"[.!?](?=\s)|\n")
_OF = re.compile(r"[ \t]+(?:\w+[ \t]+)?of\b", re.I)
_BEGINS = re.compile(r"(?:^|[.,;:(|\n-])[ \t]*$")
"""One of the two is needed where an amount in letters has its drug behind it: in speech without stops the drug may
begin another thought."""
_BETWEEN_UNITS = re.compile(r"[ \t]*(?:[(,=:]|in\b|of\b|or\b)?[ \t]*")


class DosedDrug(NamedTuple):
    """A drug with its amount: text[start:end] from the first to the last of the two, `tail` behind what belongs to
    it. It `goes_on` where the drug is that of the dose before it ("then 6 mg", "another 4 mg")."""

    drug: str
    amount: Amount
    start: int
    end: int
    tail: re.Match[str]
    goes_on: bool = False


def dosed_drugs(text: str, drugs: Sequence[DrugMention], amounts: Sequence[Amount]) -> list[DosedDrug]:
    """Return the amounts that have a drug, in the order of the text."""
    starts = [drug.start for drug in drugs]
    found: list[DosedDrug] = []
    taken = -1
    for amount in amounts:
        place = bisect_left(starts, amount.start)
        before = drugs[place - 1] if place else None
        after = drugs[place] if place < len(drugs) else None
        dosed = _beside(text, amount, before, after, taken) or _across(text, amount, before, taken)
        last = found[-1] if found else None
        if last and _tells_again(text, last, amount):
            tail = last.tail if last.tail["route"] else dose_grammar().tail_at(text, amount.end)
            plainer = _plainer(last.drug, last.amount, amount)
            found[-1] = last._replace(amount=plainer, end=max(last.end, amount.end), tail=tail)
            continue
        dosed = dosed or _continued(text, amount, before, last) or _running(text, amount, before)
        if dosed:
            found.append(dosed)
            taken = max(taken, after.start) if after and dosed.end == after.end else taken
    return found


def _tells_again(text: str, last: DosedDrug, amount: Amount) -> bool:
    """Whether the amount is that of the dose before it in another unit: "20 mg (2 mL)", "1 amp (50 mEq)"."""
    if _is_mass(last.amount) == _is_mass(amount) or amount.start < last.end:
        return False
    return _BETWEEN_UNITS.fullmatch(text, last.end, amount.start) is not None


def _is_mass(amount: Amount) -> bool:
    return amount.unit != "mL" and amount.unit not in pack_names()


def _plainer(drug: str, one: Amount, other: Amount) -> Amount:
    """Return the amount in mass, or that in packs where what they hold is more: "2 amps, 50 mEq each"."""
    mass, volume = (one, other) if _is_mass(one) else (other, one)
    pack = packs().get((drug, volume.unit))
    return volume if pack and pack.unit == mass.unit and pack.amount * volume.amount > mass.amount else mass


def _beside(
    text: str, amount: Amount, before: DrugMention | None, after: DrugMention | None, taken: int
) -> DosedDrug | None:
    """Return the dose with the drug before it, or after it where the one before is apart or has its dose already."""
    leads = bool(
        before
        and amount.start - before.end <= _FARTHEST_DRUG
        and not _is_compound(text, before)
        and dose_grammar().to_drug.fullmatch(text, before.end, amount.start)
    )
    is_apart = not before or not leads or before.start == taken or "," in text[before.end : amount.start]
    is_apart = is_apart or _OF.match(text, amount.end) is not None
    if is_apart and after and _follows(text, amount, after):
        return DosedDrug(after.drug, amount, amount.start, after.end, dose_grammar().tail_at(text, after.end))
    return _behind(text, before, amount) if leads and before else None


def _behind(text: str, drug: DrugMention, amount: Amount) -> DosedDrug:
    return DosedDrug(drug.drug, amount, drug.start, amount.end, dose_grammar().tail_at(text, amount.end))


def _across(text: str, amount: Amount, before: DrugMention | None, taken: int) -> DosedDrug | None:
    """Return the dose with a drug in the line or the cell before it, where neither has another partner."""
    if before is None or before.start == taken or amount.start - before.end > _FARTHEST_ACROSS:
        return None
    return _behind(text, before, amount) if dose_grammar().across.fullmatch(text, before.end, amount.start) else None


def _follows(text: str, amount: Amount, after: DrugMention) -> bool:
    if after.start - amount.end > _FARTHEST_DRUG or _is_compound(text, after):
        return False
    is_apart = _BEGINS.search(text, max(0, amount.start - 5), amount.start) or _OF.match(text, amount.end)
    if text[amount.start].isalpha() and not is_apart:
        return False
    return bool(dose_grammar().of_drug.fullmatch(text, amount.end, after.start))


def _is_compound(text: str, drug: DrugMention) -> bool:
    """Whether the name is a part of a longer one: the acetaminophen of an unknown "x-acetaminophen"."""
    return text[drug.start - 1 : drug.start] == "-"


def _continued(text: str, amount: Amount, before: DrugMention | None, last: DosedDrug | None) -> DosedDrug | None:
    """Return the dose as one more of the drug of the dose before it."""
    if last is None or (amount.unit == "mL" and _is_mass(last.amount)):
        return None
    close = max(last.end, last.tail.end())
    apart = amount.start - close
    names_another = before is not None and before.start >= close
    is_near = 0 <= apart <= _FARTHEST_DRUG and dose_grammar().then.fullmatch(text, close, amount.start)
    is_again = (
        apart <= _FARTHEST_REPEAT
        and last.amount.unit == amount.unit
        and dose_grammar().again.search(text, max(close, amount.start - 40), amount.start)
    )
    if names_another or not (is_near or is_again):
        return None
    tail = dose_grammar().tail_at(text, amount.end)
    return DosedDrug(last.drug, amount, amount.start, amount.end, tail, goes_on=True)


def _running(text: str, amount: Amount, before: DrugMention | None) -> DosedDrug | None:
    """Return a rate with the drug before it in its sentence: "heparin 5,000 units, followed by an infusion at ..."."""
    if before is None or amount.unit == "mL" or not amount.per or amount.per == "kg":
        return None
    if amount.start - before.end > _FARTHEST_RATE or not _RUNS.search(text, before.end, amount.start):
        return None
    if _SENTENCE_ENDS.search(text, before.end, amount.start):
        return None
    tail = dose_grammar().tail_at(text, amount.end)
    return DosedDrug(before.drug, amount, amount.start, amount.end, tail, goes_on=True)

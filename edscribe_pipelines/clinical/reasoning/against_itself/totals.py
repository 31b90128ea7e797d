"""A total of a drug that no doses of the note add up to: "adenosine 12 mg total" of 6 and 12 mg."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from edscribe_pipelines.clinical.medications.names import drug_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_AMOUNT = r"(?<![\d.,/-])(?P<amount>\d{1,3}(?:,\d{3})+|\d{1,5}(?:\.\d{1,3})?)[ ]?"
_UNITS = r"(?P<unit>mg|mcg|microg|micrograms|g|mL|units|vials|mEq|mmol)\b(?![ ]?(?:/|per\b))"
_ITS_AMOUNT = (_AMOUNT + _UNITS).replace("amount>", "first>").replace("unit>", "its>")
_TOTAL = re.compile(
    rf"\btotal(?:l?ing)?(?: dose)?(?:[ ](?:of|was|is|given)|[:=])?[ ]{_AMOUNT}{_UNITS}"
    rf"|{_ITS_AMOUNT}(?:[ ](?:IV|IM|PO|IN))?(?:[ ]in)?[ ]total\b",
    re.I,
)
_DOSE = re.compile(
    r"(?<![\d.,/:-])(?P<amounts>(?:\d{1,4}(?:\.\d)?[ ]?(?:,|→|->|then|and)[ ]?)*\d{1,3}(?:,\d{3})*(?:\.\d{1,3})?)[ ]?"
    + _UNITS
    + r"(?![ ]?(?:in[ ])?total)",
    re.I,
)
_EACH = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?")
_OF_A_DAY = re.compile(r"\b(?:max\w*|daily|day|24[ -]?h\w*|limit|week|dispense\w*|per)\b", re.I)
_NOT_IN = {"Medications", "Past Medical/Surgical History", "Allergies"}
_REACH, _AROUND = 110, 25
_MOST_DOSES = 8
_ROUNDED = 0.03


def totals_of_no_doses(note: ParsedNote) -> Iterator[TwoWays]:
    if "total" not in note.text and "Total" not in note.text:
        return
    for total in _TOTAL.finditer(note.text):
        figure, unit = total["amount"] or total["first"], (total["unit"] or total["its"]).lower()
        around = note.text[max(0, total.start() - _AROUND) : total.end() + _AROUND]
        drug = None if _OF_A_DAY.search(around) else _drug_before(note, total.start())
        doses = _doses(note, drug, unit, total.span()) if drug else []
        if 1 < len(doses) <= _MOST_DOSES and not _adds_up(_number(figure), [amount for amount, _ in doses]):
            reason = "No doses of the note add up to this total."
            yield TwoWays("total", "warning", doses[0][1], total.span(), reason)


def _drug_before(note: ParsedNote, start: int) -> str | None:
    named = [each for each in note.of(drug_mentions) if start - 3 * _REACH < each.start < start]
    last = max(named, key=lambda each: each.start, default=None)
    return last.drug if last and "\n\n" not in note.text[last.end : start] else None


def _doses(note: ParsedNote, drug: str, unit: str, total: Place) -> list[tuple[float, Place]]:
    """Return the amounts in this unit that stand behind the drug, before another one is named."""
    mentions = sorted(note.of(drug_mentions), key=lambda each: each.start)
    doses: list[tuple[float, Place]] = []
    for mention, behind in zip(mentions, [*(each.start for each in mentions[1:]), len(note.text)], strict=True):
        if mention.drug != drug or note.section_at(mention.start) in _NOT_IN:
            continue
        for dose in _DOSE.finditer(note.text, mention.end, min(behind, mention.end + _REACH)):
            is_total = dose.start() < total[1] and total[0] < dose.end()
            if dose["unit"].lower() == unit and not is_total:
                doses += [(_number(each), dose.span()) for each in _EACH.findall(dose["amounts"])]
    return doses


def _adds_up(total: float, doses: Sequence[float]) -> bool:
    sums = (sum(some) for count in range(1, len(doses) + 1) for some in combinations(doses, count))
    is_total = total > max(doses) or len(set(doses)) == 1
    return is_total and any(abs(each - total) <= _ROUNDED * total for each in sums)


def _number(written: str) -> float:
    return float(written.replace(",", ""))

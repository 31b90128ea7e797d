"""Doses that ask for their reason: of a drug that is given for one, and of less than its reason needs.

Rows of `tables/doses_with_reason.csv`: from which single dose on a drug is given for a few reasons alone, and the words
by which a note tells one of them, wherever they stand. Rows of `tables/least_doses.csv`: the least that is given for
a reason that the sentence of the dose names; all doses of the drug count together. Both only warn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions, unreadable_doses
from edscribe_pipelines.clinical.medications.quantities import Quantity, in_base
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_NOT_ITS_REASON = {"negated", "historical", "family", "hypothetical"}
_OTHER_REASON = re.compile(
    r"\b(?:unlikely|ruled out|doubt\w*|no longer|after|prophyla\w+|test dose|drip|gtt|renal\w*|CrCl|titrat\w+)\b", re.I
)

Row = dict[str, str]


def without_reason(note: ParsedNote) -> Iterator[tuple[DoseMention, Row]]:
    """Yield each dose of this visit that is given for reasons of which the note tells none, with its row."""
    rows = _with_reason()
    for dose in (*note.of(dose_mentions), *note.of(unreadable_doses)):
        row = rows.get(dose.drug) if dose.status == "ed" else None
        if row and _is_over(dose, row) and not re.search(row["wording"], note.text, re.I):
            yield dose, row


def _is_over(dose: DoseMention, row: Row) -> bool:
    least = in_base(float(row["over"]), row["unit"])
    if not least.value:
        return True
    dosed = dose.in_mass().quantity
    return dosed.unit == least.unit and not dosed.per_kg and dosed.value > least.value and not dose.is_rate


def too_little(note: ParsedNote) -> Iterator[tuple[DoseMention, Row]]:
    """Yield the last dose of each drug that comes, with all others of it, to less than its reason needs."""
    rows = _least()
    given: dict[str, list[DoseMention]] = {}
    for dose in note.of(dose_mentions):
        if dose.drug in rows and dose.status == "ed":
            given.setdefault(dose.drug, []).append(dose)
    for drug, doses in given.items():
        times = sum(each.times for each in doses)
        for least in rows[drug]:
            if all(least.is_above(dose, times) for dose in doses):
                reasoned = [dose for dose in doses if _names_reason(note, dose, least.row)]
                if reasoned:
                    yield reasoned[-1], least.row
                    break


class _Least(NamedTuple):
    """What all doses of a drug should at least come to, by `routes` or, where there is none, by any."""

    amount: Quantity
    per_kg: float
    routes: frozenset[str]
    row: Row

    def is_above(self, dose: DoseMention, times: int) -> bool:
        """Whether `times` doses as large as this one are less."""
        if dose.is_rate or dose.is_total or (self.routes and dose.route not in self.routes):
            return False
        dosed = dose.in_mass().quantity
        least = self.per_kg * _ROUNDED if dosed.per_kg else self.amount.value
        return dosed.unit == self.amount.unit and 0 < dosed.value * times < least


_ROUNDED = 0.9
"""A dose per kg is rounded."""


def _names_reason(note: ParsedNote, dose: DoseMention, row: Row) -> bool:
    sentence = note.sentence_at(dose.start)
    end = max(sentence.end, dose.end)
    said = re.compile(row["wording"], re.I).search(note.text, sentence.start, end)
    if said is None or _OTHER_REASON.search(note.text, sentence.start, end):
        return False
    return not note.context(*said.span()) & _NOT_ITS_REASON


@table_cache
def _with_reason() -> dict[str, Row]:
    return {row["drug"]: row for row in read_table("doses_with_reason.csv")}


@table_cache
def _least() -> dict[str, list[_Least]]:
    rows: dict[str, list[_Least]] = {}
    for row in read_table("least_doses.csv"):
        amount = in_base(float(row["least"]), row["unit"])
        per_kg = in_base(float(row["per_kg"] or 0), row["unit"]).value
        routes = frozenset(filter(None, row["routes"].split(";")))
        rows.setdefault(row["drug"], []).append(_Least(amount, per_kg, routes, row))
    return rows

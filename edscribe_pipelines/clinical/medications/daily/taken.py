"""What is taken of each substance in a day: a dose, or tablets of a product, as often as the note says.

Of a product of several substances `tables/combination_products.csv` has the strengths: the larger figure of "10/325"
is acetaminophen's. A most that the note itself sets ("max 3 g a day", "no more than 8 tablets in 24 hours") holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.contexts import Status, status_of
from edscribe_pipelines.clinical.medications.daily.frequencies import (
    Frequency,
    frequency_in,
    number_of_doses,
    numbers_in_letters,
)
from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions
from edscribe_pipelines.clinical.medications.names import DrugMention, drug_mentions
from edscribe_pipelines.clinical.medications.quantities import in_base
from edscribe_pipelines.clinical.medications.units import unit_named, units_pattern
from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_REACH = 170
"""Characters behind a drug in which its frequency still belongs to it."""
_ENDS = re.compile(r"\n(?![ \t]*(?:[a-z(|]|Q[ \t]?\d|PO\b|(?:[BTQ]ID|[QT]DS|BDS?)\b|Take\b|Every\b|Max))|[;.](?=\s|$)")
_OFTEN_ENOUGH = re.compile(
    r"\bq\.?[ \t]?\d|\b(?:every|each|hourly|daily|day|24|[bt]\.?i\.?d|qid|q\.i\.d|[qt]ds|bds?\b|od\b|mane|nocte"
    r"|\d-\d-\d|weekly|max)",
    re.I,
)

_OFTEN = PatternSet({"often": _OFTEN_ENOUGH.pattern.replace("|24", "")}.items())


class Taken(NamedTuple):
    """What `drug` comes to in a day, in `unit`, of a range the least and the most; said at text[start:end].
    `times` is how often it is taken, of a range the fewest, 0 where only a most is said."""

    drug: str
    least: float
    most: float
    unit: str
    status: Status
    section: str | None
    is_limited: bool
    start: int
    end: int
    times: float


class _Said(NamedTuple):
    """The words between a drug and the next one or the end of its sentence; `place` is where they begin."""

    drug: DrugMention
    text: str
    place: int


def taken_in_a_day(note: ParsedNote) -> tuple[Taken, ...]:
    """Return what the note says is taken in a day, in its order."""
    return tuple(_taken(note))


def _taken(note: ParsedNote) -> Iterator[Taken]:
    if "24" not in note.text and not _OFTEN.keys_in(note.text):
        return
    doses = {dose.start: dose for dose in reversed(note.of(dose_mentions)) if not dose.is_rate and not dose.is_total}
    drugs = note.of(drug_mentions)
    for drug, following in zip_longest(drugs, drugs[1:]):
        if drug.drug not in _judged():
            continue
        said = _said(note.text, drug, following)
        if not _OFTEN_ENOUGH.search(said.text):
            continue
        dose = doses.get(drug.start) or _ending_in(drug, doses)
        frequency = frequency_in(said.text)
        most_said = _most_said(said.text)
        if frequency or most_said:
            yield from _of_drug(note, said, dose, frequency, most_said)


def _ending_in(drug: DrugMention, doses: dict[int, DoseMention]) -> DoseMention | None:
    """Return the dose before the drug that it belongs to: "1 g of acetaminophen"."""
    return next((dose for dose in doses.values() if dose.start < drug.start and dose.end == drug.end), None)


def _said(text: str, drug: DrugMention, following: DrugMention | None) -> _Said:
    stop = min(drug.end + _REACH, following.start if following else len(text), len(text))
    end = _ENDS.search(text, drug.end, stop)
    return _Said(drug, text[drug.end : end.start() if end else stop], drug.end)


def _of_drug(
    note: ParsedNote,
    said: _Said,
    dose: DoseMention | None,
    frequency: Frequency | None,
    most_said: re.Match[str] | None,
) -> Iterator[Taken]:
    tablets = _tablets(said.text)
    for substance, each, unit in _strengths(said, dose, tablets is not None):
        low, high = (each * count for count in tablets or (1.0, 1.0))
        if dose and dose.low and dose.drug == substance:
            low *= dose.low / dose.amount
        least, most = (low * frequency.least, high * frequency.most) if frequency else (0.0, 0.0)
        limit = _limit(most_said, each, high, unit) if most_said else None
        if limit is not None:
            least, most = (limit, limit) if not frequency or limit > most else (min(least, limit), min(most, limit))
        end = said.place + (frequency.end if frequency else most_said.end() if most_said else 0)
        start = min(said.drug.start, dose.start if dose else said.drug.start)
        status, section = dose.status if dose else status_of(note, start, end, "PO"), note.section_at(start)
        times = _times(frequency, most_said)
        yield Taken(substance, least, most, unit, status, section, limit is not None, start, end, times)


def _times(frequency: Frequency | None, most_said: re.Match[str] | None) -> float:
    """Return how often it is taken at least, at most as often as the note allows; 0 where an amount is the most."""
    if frequency is None or (most_said and not most_said["doses"]):
        return 0.0
    return min(frequency.least, number_of_doses(most_said["amount"])) if most_said else frequency.least


def _strengths(said: _Said, dose: DoseMention | None, has_tablets: bool) -> Iterator[tuple[str, float, str]]:
    """Yield (substance, amount of one dose or tablet, unit) in the units of the limits."""
    product = _products().get(said.drug.drug)
    if product:
        written = _COMBINED.match(said.text)
        figures = sorted(map(number_of_doses, written.groups()[:2])) if written else None
        for row in product:
            figure = figures[row["which"] == "larger"] if figures else float(row["per_tablet"])
            quantity = in_base(figure, row["unit"])
            yield row["ingredient"], quantity.value, quantity.unit
    elif dose and dose.per is None:
        mass = dose.in_mass()
        yield dose.drug, mass.quantity.value, mass.quantity.unit
    elif strength := _strength_of_product(said.text):
        yield said.drug.drug, *strength


def _strength_of_product(said: str) -> tuple[float, str] | None:
    """Return the strength of a tablet: "500 mg tablets, two every 4 hours"."""
    match = _tablet_strength().match(said)
    if match is None:
        return None
    quantity = in_base(number_of_doses(match["amount"]), unit_named(match["unit"]))
    return quantity.value, quantity.unit


def _tablets(said: str) -> tuple[float, float] | None:
    """Return how many tablets are taken at once, of a range the fewest and the most."""
    match = _tablet_count().search(said)
    if match is None:
        return None
    counts = sorted(_count(each) for each in (match["low"] or match["low2"], match["high"] or match["high2"]) if each)
    return (counts[0], counts[-1]) if counts[0] else None


def _count(said: str) -> float:
    return float(len(said)) if set(said.lower()) == {"i"} else number_of_doses(said)


def _most_said(said: str) -> re.Match[str] | None:
    return _most_of_day().search(said)


def _limit(match: re.Match[str], tablet: float, dose: float, unit: str) -> float | None:
    """Return the most that the note sets for a day, in `unit`; told in tablets or doses it is as many of them."""
    count = number_of_doses(match["amount"])
    if match["tablets"]:
        return count * tablet
    if match["doses"]:
        return count * dose
    quantity = in_base(count, unit_named(match["unit"]))
    return quantity.value if quantity.unit == unit else None


_COMBINED = re.compile(
    r"[ \t]*\(?(\d{1,3}(?:\.\d{1,2})?)(?:[ \t]?mg)?[ \t]?[/–-][ \t]?(\d{2,4})(?:[ \t]?[/–-][ \t]?\d{1,3})?", re.I
)


@table_cache
def _tablet_strength() -> re.Pattern[str]:
    return re.compile(
        rf"[ \t,(]*(?P<amount>\d[\d.,]*)[ \t-]?(?P<unit>{units_pattern()})[ \t)-]*(?=(?:tab|cap|pill|gel)\w*\b)", re.I
    )


@table_cache
def _tablet_count() -> re.Pattern[str]:
    figure = rf"\d(?:\.5)?|i{{1,3}}|{numbers_in_letters()}"
    to = r"[ \t]?(?:-|–|to|or)[ \t]?"
    return re.compile(
        rf"(?<![\d./(-])\b(?P<low>{figure})(?:{to}(?P<high>{figure}))?[ \t]*(?:tab|cap|pill)(?:let|sule|let)?s?\b"
        r"(?![ \t]*(?:in|per|/|a)[ \t]*(?:24|day))"
        rf"|\b(?:tab|cap)(?:let|sule)?s?\b[ \t,:(]*(?:take[ \t]+)?(?P<low2>{figure})(?:{to}(?P<high2>{figure}))?\b"
        r"(?=[ \t]+(?:PO\b|by mouth|q|every|each|[bt]id))",
        re.I,
    )


@table_cache
def _most_of_day() -> re.Pattern[str]:
    figure = rf"\d[\d.,]*|{numbers_in_letters()}"
    return re.compile(
        r"\b(?:max(?:imum)?|no more than|(?:do )?not (?:to )?(?:exceed|take more than)|never more than|up to|limit)\b"
        r"[ \t:=<]*(?:daily[ \t]+)?(?:dose[ \t]+)?(?:of[ \t]+|is[ \t]+)?"
        rf"(?P<amount>{figure})[ \t-]?"
        rf"(?:(?P<tablets>(?:tab|cap|pill)\w*)|(?P<doses>doses?|times)|(?P<unit>{units_pattern()}))"
        r"(?:[ \t]+(?:total|acetaminophen|tylenol|APAP))?[ \t]*"
        r"(?:(?:in|per|/|a|an|every|each|over|within|any)[ \t]*){0,2}"
        r"(?:24[ \t-]*(?:h|hr|hours?)\b|day\b|daily\b|d\b)",
        re.I,
    )


@table_cache
def _judged() -> frozenset[str]:
    return frozenset(row["drug"] for row in read_table("daily_limits.csv")) | _products().keys()


@table_cache
def _products() -> dict[str, list[dict[str, str]]]:
    products: dict[str, list[dict[str, str]]] = {}
    for row in read_table("combination_products.csv"):
        products.setdefault(row["product"], []).append(row)
    return products

"""What is taken of each substance in a day: a dose, or tablets of a product, as often as the note says.

Of a product `tables/combination_products.csv` has the strengths, of the written name where it has one of its own: the
larger figure of "10/325" is acetaminophen's, and so is what a bracket behind the name says. A most that the note itself
sets ("max 3 g a day", "no more than 8 tablets in 24 hours") holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
from edscribe_pipelines.clinical.medications.routes import UNSTATED
from edscribe_pipelines.clinical.medications.units import unit_named, units_pattern
from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_REACH = 170
"""Characters behind a drug in which its frequency still belongs to it."""
_FARTHEST_NUMBER = 12
_BEFORE = 50
_ALTERNATES = re.compile(r"\b(?:alternat\w*|taking turns|in turn|rotat\w+)\b[^.;\n]*$", re.I)
_ENDS = re.compile(r"\n(?![ \t]*(?:[a-z(|]|Q[ \t]?\d|PO\b|(?:[BTQ]ID|[QT]DS|BDS?)\b|Take\b|Every\b|Max))|[;.](?=\s|$)")
_OFTEN_ENOUGH = re.compile(
    r"\bq\.?[ \t]?\d|\b(?:every|each|hourly|daily|day|24|[bt]\.?i\.?d|qid|q\.i\.d|[qt]ds|bds?\b|od\b|mane|nocte"
    r"|\d-\d-\d|weekly|max)",
    re.I,
)

_OFTEN = PatternSet({"often": _OFTEN_ENOUGH.pattern.replace("|24", "")}.items())


class Taken(NamedTuple):
    """What `drug` comes to in a day, in `unit`, of a range the least and the most; said at text[start:end].
    `times` is how often it is taken, of a range the fewest, 0 where only a most is said. `product` is the drug as it
    is named, `route` empty where none is said. An amount by weight has a unit "/kg"."""

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
    product: str = ""
    route: str = ""


class _Said(NamedTuple):
    """The words between a drug and the next one or the end of its sentence; `place` is where they begin, `name` how
    the drug is written, `holds` what a bracket behind the name says is in it."""

    drug: DrugMention
    text: str
    place: int
    name: str
    holds: str


def taken_in_a_day(note: ParsedNote) -> tuple[Taken, ...]:
    """Return what the note says is taken in a day, in its order."""
    return tuple(_taken(note))


def _taken(note: ParsedNote) -> Iterator[Taken]:
    if "24" not in note.text and not _OFTEN.keys_in(note.text):
        return
    doses = {dose.start: dose for dose in reversed(note.of(dose_mentions)) if not dose.is_rate and not dose.is_total}
    drugs = note.of(drug_mentions)
    described = 0
    for place, drug in enumerate(drugs):
        if drug.drug not in _judged() or drug.start < described:
            continue
        said = _said(note.text, drugs, place)
        described = said.place
        if not _OFTEN_ENOUGH.search(said.text):
            continue
        dose = doses.get(drug.start) or _ending_in(drug, doses)
        frequency = _in_turn(note.text, drug, frequency_in(said.text))
        most_said = _most_said(said.text)
        if frequency or most_said:
            yield from _of_drug(note, said, dose, frequency, most_said)


def _in_turn(text: str, drug: DrugMention, frequency: Frequency | None) -> Frequency | None:
    """Return half the frequency of what takes turns with another: "alternate the two every 3 hours"."""
    if frequency is None or not _ALTERNATES.search(text, max(0, drug.start - _BEFORE), drug.end + frequency.end):
        return frequency
    return frequency._replace(least=frequency.least / 2, most=frequency.most / 2)


def _ending_in(drug: DrugMention, doses: dict[int, DoseMention]) -> DoseMention | None:
    """Return the dose before the drug that it belongs to: "1 g of acetaminophen"."""
    return next((dose for dose in doses.values() if dose.start < drug.start and dose.end == drug.end), None)


def _said(text: str, drugs: Sequence[DrugMention], place: int) -> _Said:
    drug = drugs[place]
    name = text[drug.start : drug.end].lower()
    is_product = drug.drug in _products() or name in _products()
    holds = _HOLDS.match(text, drug.end) if is_product else None
    begin = holds.end() if holds else drug.end
    following = next((each.start for each in drugs[place + 1 :] if each.start >= begin), len(text))
    stop = min(begin + _REACH, following)
    end = _ENDS.search(text, begin, stop)
    return _Said(drug, text[begin : end.start() if end else stop], begin, name, holds["holds"] if holds else "")


def _of_drug(
    note: ParsedNote,
    said: _Said,
    dose: DoseMention | None,
    frequency: Frequency | None,
    most_said: re.Match[str] | None,
) -> Iterator[Taken]:
    tablets = _tablets(said.text) or _counted_before(note.text, said.drug)
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
        times, is_limited = _times(frequency, most_said), limit is not None
        route = dose.route if dose and dose.route != UNSTATED else ""
        product = said.drug.drug
        yield Taken(substance, least, most, unit, status, section, is_limited, start, end, times, product, route)


def _times(frequency: Frequency | None, most_said: re.Match[str] | None) -> float:
    """Return how often it is taken at least, at most as often as the note allows; 0 where an amount is the most."""
    if frequency is None or (most_said and not most_said["doses"]):
        return 0.0
    return min(frequency.least, number_of_doses(most_said["amount"])) if most_said else frequency.least


def _strengths(said: _Said, dose: DoseMention | None, has_tablets: bool) -> Iterator[tuple[str, float, str]]:
    """Yield (substance, amount of one dose or tablet, unit) in the units of the limits."""
    product = _products().get(said.name) or _products().get(said.drug.drug)
    written = _COMBINED.match(said.text) if product else None
    of_itself = product and len(product) == 1 and product[0]["ingredient"] == said.drug.drug
    if product and not (of_itself and dose and not written):
        figures = sorted(map(number_of_doses, written.groups()[:2])) if written else None
        volume = None if written else _volume().match(said.text)
        for row in product:
            if figure := _of_product(row, said, figures, volume):
                quantity = in_base(figure, row["unit"])
                yield row["ingredient"], quantity.value, quantity.unit
    elif dose and dose.per in (None, "kg"):
        mass = dose.in_mass()
        yield dose.drug, mass.quantity.value, mass.quantity.unit + ("/kg" if dose.per else "")
    elif strength := _strength_of_product(said.text):
        yield said.drug.drug, *strength


def _of_product(row: dict[str, str], said: _Said, figures: list[float] | None, volume: re.Match[str] | None) -> float:
    """Return what a tablet holds of the ingredient, or the volume that is taken; 0 where it is not known."""
    if figures:
        return figures[row["which"] == "larger"]
    if volume:
        return number_of_doses(volume["volume"]) * float(row["per_ml"] or 0)
    if row["ingredient"] == _ACETAMINOPHEN and (told := _ACETAMINOPHEN_IN.search(said.holds)):
        return number_of_doses(told["before"] or told["behind"])
    return float(row["per_tablet"] or 0)


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
    said_counts = (match["low"] or match["low2"] or match["low3"], match["high"] or match["high2"])
    counts = sorted(_count(each) for each in said_counts if each)
    return (counts[0], counts[-1]) if counts[0] else None


def _counted_before(text: str, drug: DrugMention) -> tuple[float, float] | None:
    """Return how many are taken where the number stands before the name: "two Percocet 10/325 every 4 hours"."""
    if drug.drug not in _products() and text[drug.start : drug.end].lower() not in _products():
        return None
    match = _number_before().search(text, max(0, drug.start - _FARTHEST_NUMBER), drug.start)
    counts = sorted(number_of_doses(each) for each in match.groups() if each) if match else None
    return (counts[0], counts[-1]) if counts and counts[0] else None


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

_ACETAMINOPHEN = "acetaminophen"
_ACETAMINOPHEN_IN = re.compile(
    r"(?:paracetamol|acetaminophen|APAP)[ \t]*(?P<behind>\d{2,4})|(?P<before>\d{2,4})[ \t]?(?:mg)?[ \t]*(?:of[ \t]+)?"
    r"(?:paracetamol|acetaminophen|APAP)",
    re.I,
)
_HOLDS = re.compile(
    r"[ \t]*\((?P<holds>[^()\n]{0,30}[a-z]{4,}[^()\n]{0,50})\)(?=[^()\n]{0,40}\b(?:tab|cap|pill|q|x)?)", re.I
)


@table_cache
def _volume() -> re.Pattern[str]:
    return re.compile(
        r"[ \t,:(]*(?:PO[ \t]+|take[ \t]+|liquid[ \t]+)?(?P<volume>\d{1,3}(?:\.\d)?)[ \t]?(?:mL|cc)s?\b", re.I
    )


@table_cache
def _tablet_strength() -> re.Pattern[str]:
    return re.compile(
        rf"[ \t,(]*(?P<many>\d[ \t]?[x×][ \t]?)?(?P<amount>\d[\d.,]*)[ \t-]?(?P<unit>{units_pattern()})[ \t)-]*"
        r"(?(many)|(?=(?:tab|cap|pill|gel)\w*\b))",
        re.I,
    )


@table_cache
def _number_before() -> re.Pattern[str]:
    figure = rf"\d|{numbers_in_letters()}"
    return re.compile(rf"(?<![\d./-])\b({figure})(?:[ \t]?(?:-|–|to|or)[ \t]?({figure}))?[ \t]+$", re.I)


@table_cache
def _tablet_count() -> re.Pattern[str]:
    figure = rf"\d(?:\.5)?|i{{1,3}}|{numbers_in_letters()}"
    to = r"[ \t]?(?:-|–|to|or)[ \t]?"
    units_taken = r"(?:tab|cap|pill)(?:let|sule|let)?s?|packets?|sachets?|suppositor(?:y|ies)|suppos?"
    return re.compile(
        rf"(?<![\d./(-])\b(?P<low>{figure})(?:{to}(?P<high>{figure}))?[ \t]*(?:{units_taken})\b"
        r"(?![ \t]*(?:in|per|/|a)[ \t]*(?:24|day))"
        rf"|\b(?:tab|cap)(?:let|sule)?s?\b[ \t,:(]*(?:take[ \t]+)?(?P<low2>{figure})(?:{to}(?P<high2>{figure}))?\b"
        r"(?=[ \t]+(?:PO\b|by mouth|q|every|each|[bt]id))"
        r"|(?<![\d./(-])\b(?P<low3>\d)[ \t]?[x×][ \t]?(?=\d{2,4}[ \t]?mg\b)",
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
    products = {row["product"] for row in read_table("combination_products.csv")}
    often = {drug for row in read_table("least_intervals.csv") for drug in row["drugs"].split(";")}
    return frozenset(row["drug"] for row in read_table("daily_limits.csv")) | products | often


@table_cache
def _products() -> dict[str, list[dict[str, str]]]:
    """Return the strengths by product, or by the name of one that is written so."""
    products: dict[str, list[dict[str, str]]] = {}
    for row in read_table("combination_products.csv"):
        for name in filter(None, row["written"].lower().split(";")) if row["written"] else (row["product"],):
            products.setdefault(name, []).append(row)
    return products

"""Routes told with a drug and no amount that can be read: "timolol 0.5% one drop IV", "Augmentin 625 mg tablet IV".

Only what stands right behind the drug counts: strengths, forms, counts and connecting words, then the route.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from edscribe_pipelines.clinical.medications.contexts import status_of
from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions
from edscribe_pipelines.clinical.medications.names import drug_mentions
from edscribe_pipelines.clinical.medications.numbers import dose_words, numerals
from edscribe_pipelines.clinical.medications.units import units_pattern
from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import table_cache

_INTO_THE_BODY = ("IV", "IO", "IM", "IT", "EPIDURAL", "ARTERY", "JOINT", "SC")
_LONGEST = 60


def undosed_routes(note: ParsedNote) -> Iterator[DoseMention]:
    """Yield a mention without an amount for each drug that is told with a route alone and injected."""
    drugs = note.of(drug_mentions)
    dosed = {dose.start for dose in note.of(dose_mentions)}
    starts = {drug.start for drug in drugs}
    routes = sorted({match.start() for _, match in _routes().matches(note.text)})
    for drug in drugs:
        if drug.start in dosed or not _is_any_within(routes, drug.end, drug.end + _LONGEST):
            continue
        said = _route_behind().match(note.text, drug.end, drug.end + _LONGEST)
        if said is None or any(said.start("route") <= start <= said.end() + 1 for start in starts):
            continue
        status = status_of(note, drug.start, said.end(), str(said["route"]))
        yield DoseMention(drug.drug, 0, "", 1, False, _named(said), drug.start, said.end(), status=status)


def _is_any_within(places: list[int], start: int, end: int) -> bool:
    number = bisect_left(places, start)
    return number < len(places) and places[number] < end


def _named(said: re.Match[str]) -> str:
    return next(name for name in _INTO_THE_BODY if said[name])


@table_cache
def _routes() -> PatternSet[str]:
    return PatternSet((name, rf"\b(?:{words})(?!\w)") for name, words in _routes_into_the_body())


@table_cache
def _routes_into_the_body() -> list[tuple[str, str]]:
    return [(name, words) for name, words in dose_words("route") if name in _INTO_THE_BODY]


@table_cache
def _route_behind() -> re.Pattern[str]:
    named = "|".join(f"(?P<{name}>{words})" for name, words in _routes_into_the_body())
    link = "|".join(words for kind, words in dose_words("link") if kind != "concentration")
    count = "|".join(numerals())
    form = (
        r"drops?|puffs?|sprays?|tab(?:let)?s?|cap(?:sule)?s?|suppositor\w+|mouthwash|pessar\w+|sachets?|neb(?:ule)?s?"
        r"|paste|ointment|cream|gel|patch(?:es)?|lozenges?|inch(?:es)?|respules?|packets?|suspension|elixir|syrup"
    )
    figure = rf"(?:[x×][ ]?)?\d[\d.,/]*[ ]?(?:%|{units_pattern()})?(?:/\d*[ ]?mL)?"
    return re.compile(
        rf"\)?(?:[ \t(:]*+(?:{figure}|(?:{form}|{link}|{count})(?!\w))){{0,6}}?[ \t]+(?P<route>{named})(?!\w)", re.I
    )

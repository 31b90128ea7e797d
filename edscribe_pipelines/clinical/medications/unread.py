"""Doses written beside a drug that cannot be read: "4 blorps IV", "5,0#0 units", "12S mg", "[illegible]", "4 IV".

What stands right behind the drug counts, behind a few connecting words. A number with a word that is no unit is a dose
only beside a route, so that a count, a time or a laboratory value is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.contexts import status_of
from edscribe_pipelines.clinical.medications.dose_grammar import dose_grammar
from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions, unreadable_doses
from edscribe_pipelines.clinical.medications.names import drug_mentions
from edscribe_pipelines.clinical.medications.numbers import dose_words, numerals
from edscribe_pipelines.clinical.medications.units import UNREADABLE, pack_names, units, units_pattern
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_ROUTE = r"(?:IV(?:P|PB)?|IM|SC|SQ|subq|IO|PO|SL|PR|(?-i:IN)|intraven\w+|intramusc\w+|by[ ]mouth|neb\w*|push)"
_MARK = r"[#?*_~^!{}\[\]]"
_HIDDEN = (
    r"(?:illegible|unreadable|unintelligible|smudged|blotted|not[ ]legible|indecipherable|unclear|"
    r"can(?:not|'t|no t)[ ](?:be[ ])?read|\?\?+)"
)
_LONGEST = 80
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d")
_INJECTED = ("IV", "IM", "SC", "IO")


class _Written(NamedTuple):
    dose: DoseMention
    has_figure: bool
    """Whether all that it lacks is a unit."""


def unread_doses(note: ParsedNote) -> tuple[DoseMention, ...]:
    """Return the doses that are seen beside a drug and have no amount that can be read."""
    return (*note.of(unreadable_doses), *(each.dose for each in note.of(_written) if not each.has_figure))


def doses_without_unit(note: ParsedNote) -> Iterator[tuple[DoseMention, bool]]:
    """Yield the doses of this visit that are a number and a route ("4 IV"), and whether the unit is asked for: of a
    high-alert drug that is injected and whose unit the note tells nowhere."""
    for dose, has_figure in note.of(_written):
        if has_figure:
            is_told = any(other.drug == dose.drug for other in note.of(dose_mentions))
            yield dose, dose.route in _INJECTED and not is_told and dose.drug in _high_alert()


def high_alert_row() -> dict[str, str]:
    return read_table("high_alert_drugs.csv")[0]


def _written(note: ParsedNote) -> list[_Written]:
    found = []
    taken = [(dose.start, dose.end) for dose in (*note.of(dose_mentions), *note.of(unreadable_doses))]
    dosed = {start for start, _ in taken}
    beside = _beside()
    for drug in note.of(drug_mentions):
        said = None if drug.start in dosed else beside.match(note.text, drug.end, drug.end + _LONGEST)
        if said is None or not _is_dose(said) or any(start < said.end() and drug.start < end for start, end in taken):
            continue
        route = _route(said)
        status = status_of(note, drug.start, said.end(), route)
        if said["figure"] is None or status == "ed":
            dose = DoseMention(drug.drug, 0, UNREADABLE, 1, False, route, drug.start, said.end(), status=status)
            found.append(_Written(dose, said["figure"] is not None and not said["word"]))
    return found


def _route(said: re.Match[str]) -> str:
    words = said["behind"] or said["ahead"]
    read = dose_grammar().route.match(words) if words else None
    return str(read.lastgroup) if read else "unstated"


@table_cache
def _high_alert() -> frozenset[str]:
    return frozenset(high_alert_row()["drugs"].split(";"))


def _is_dose(said: re.Match[str]) -> bool:
    """Whether a number that stands beside a word, or beside a route alone, is meant as a dose."""
    figure, word = said["figure"], said["word"]
    if figure is None:
        return True
    if not (said["behind"] or said["ahead"]):
        return False
    if not word:
        return _CLOCK.fullmatch(figure) is None
    return word.casefold() not in _known_words() and not word.casefold().startswith("tab")


@table_cache
def _known_words() -> frozenset[str]:
    """Return the words behind a number that can be read, or are no unit of a dose."""
    forms = {form for _, words in dose_words("product") for form in re.findall(r"[a-z]+", words)}
    counted = {word for _, words in dose_words("counted") for word in words.split(";")}
    return frozenset(counted | units().keys() | pack_names() | numerals().keys() | forms)


@table_cache
def _beside() -> re.Pattern[str]:
    unit = units_pattern()
    between = (
        r"(?:of|was|were|given|dose|dosed|at|inj\w*|push|bolus|gtt|drip|infusion|sulfate|sulphate|hcl|hydrochloride|"
        r"sodium|x1|tartrate|load\w*|\([A-Za-z-]{3,15}\))"
    )
    garbled = rf"(?:\d[\d.,]*{_MARK}+[\d.,]*{_MARK}*|[#?*_!{{}}]+\d[\d.,]*|\d[\d.,]*[OolISBZx]\d*|[OolI]\d+[OolI\d.,]*)"
    blank = r"(?:x{2,4}|_{1,8}|-{2,4}|\?{1,4}|\*{1,4}|\#{1,3}|…|\[[ ]*\])"
    return re.compile(
        rf"""\)?[ \t]*+(?:[:=,(–-][ \t]*+)?(?:(?:{between}|(?P<ahead>{_ROUTE}))(?![\w]|[/])[ \t:]*+){{0,4}}+
        (?:[\[(]*(?:\d[\d.,]{{0,6}}[ \t]*)?[\[(]*(?:the[ \t]+)?(?:dose|amount)?[ \t]*(?:is[ \t]+|was[ \t]+)?{_HIDDEN}
        |{garbled}[ \t]?(?:(?:{unit})(?!\w)|(?:un|u)(?!\w)|{_ROUTE}(?!\w))
        |{blank}[ \t]?(?:{unit})(?!\w)
        |\d*\.\.+\d[\d.]*(?=[ \t]?(?:{unit}|{_ROUTE}|\[|\()(?!\w))
        |\d[\d.,]*[ \t]?[a-z]{{0,4}}[#?*_@$][a-z]{{1,4}}(?=[ \t/])
        |(?P<figure>\d[\d.,]{{0,6}}(?:-\d[\d.]{{0,4}}){{0,2}})(?:[ \t]?(?P<word>[a-z]{{1,10}}))??(?:[ \t]+
            (?P<behind>{_ROUTE})(?!\w)|(?<=[a-z])(?=[ \t]*(?:$|[.,;\n)]))))""",
        re.I | re.X,
    )

"""An age that does not go with what a note says of it: another age, a limit, a word, an event, years of a habit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.age import age_years
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.people import is_of_somebody_else
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.tables import read_table, table_cache

_OVER = r"(?:over|above|older than|>|≥|>=)"
_UNDER = r"(?:under|below|younger than|<|≤)"
_PERSON = r"(?:man|woman|patient|gentleman|lady|male|female|adult|person|smoker)"
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ONES = dict(zip(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), range(1, 10), strict=True))
_AGES = {
    "over": rf"\b(?:a |this )(?:\w+ )?{_PERSON}(?: aged)? {_OVER} ?(?P<over>\d{{2}})\b|\bage[ds]? (?:is |was "
    rf")?{_OVER} ?(?P<above>\d{{2}})\b(?! ?(?:months|weeks))",
    "under": rf"\b(?:a |this )(?:\w+ )?{_PERSON}(?: aged)? {_UNDER} ?(?P<under>\d{{2}})\b|\bage[ds]? (?:is |"
    rf"was )?{_UNDER} ?(?P<below>\d{{2}})\b(?! ?(?:months|weeks))",
    "range": r"\bage[ds]? (?P<low>\d{1,2}) ?(?:-|–|to) ?(?P<high>\d{1,2}) ?(?P<unit>months|years)\b",
    "event": r"\b(?:at |at age |aged |age |at the age of )(?:(?P<months>\d{1,2})[ ]?(?:months?|mos?)\b|"
    r"(?<=age )(?P<years>\d{1,2})(?![\d/:%+-]|\.\d|[ ]?"
    r"(?:months?|mos?|weeks?|days?|years? ago|to|or)\b)|(?<=aged )(?P<aged>\d{1,2})(?![\d/:%+-]|\.\d|"
    r"[ ]?(?:months?|mos?|weeks?|days?|to|or)\b))",
    "field": r"\bage(?:/sex|/gender| \(years\))?[ ]?[:=|][ ]?(?P<field>\d{1,3})(?P<unit>[ ]?(?:months?|"
    r"mo)\b)?(?!\.\d|[\d/])",
    "worded": rf"\b(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<ones>{'|'.join(_ONES)}))?[ -]year[ -]old\b",
    "habit": r"\b(?:smok\w+|drink\w*|drank|married|diabet\w+|hypertension|HTN|asthma|epilepsy)(?: heavily| "
    r"cigarettes| daily| tobacco)?(?: for| x) (?P<long>\d{2}) ?(?:years|yrs?|y)\b(?! ago)",
}
_NOT_MET = re.compile(
    r"\b(?:not|no|if|would|unless|criteri\w+|rule|or|except|risk|PERC|HEART|CHA\w+|score|for|women|men|patients|those|until|since|"
    r"vaccin\w*|due)\b[^.;\n]{0,30}$",
    re.I,
)
_NOT_MET_BEHIND = re.compile(r"[^.;\n]{0,24}\b(?:not met|no\b|would|criteri\w+|0\b|absent)", re.I)
_NO_EVENT = re.compile(
    r"\b(?:brother|sister|mother|father|son|daughter|children|kids|wife|husband|sibling\w*|twin|due|until|died|HR|rate|BP|"
    r"sat\w*|temp\w*|pain|lives|school|grade)\b",
    re.I,
)
_HISTORY = {"Past Medical/Surgical History", "History of Present Illness", "Allergies", "Social History"}
_ROOM, _SAME = 1.0, 1.5


@table_cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["word"]: row for row in read_table("age_words.csv")}


AGES = Wordings(lambda: _AGES.items())
WORDS = Wordings(lambda: ((word, row["wording"]) for word, row in _rows().items()))


def ages_that_do_not_fit(note: ParsedNote) -> Iterator[TwoWays]:
    told, words = AGES.matches_in(note), WORDS.matches_in(note)
    years = note.of(age_years) if told or words else None
    if years is None:
        return
    for kind, match in told:
        if not _fits(kind, match, years) and not _is_of_another(note, match, kind):
            reason = "What is told of the age does not go with the patient's age."
            yield TwoWays("age", "warning", match.span(), match.span(), reason)
            return
    rows = _rows() if words else {}
    for word, match in words:
        row = rows[word]
        is_other = is_of_somebody_else(note.text, *match.span()) or note.context(*match.span())
        if not is_other and not float(row["youngest"]) <= years <= float(row["oldest"]):
            reason = f"The patient is called {word}, which does not go with the age."
            yield TwoWays("age", "warning", match.span(), match.span(), reason, cited(row))
            return


def _fits(kind: str, match: re.Match[str], years: float) -> bool:
    if kind == "over":
        return years + _ROOM > float(match["over"] or match["above"])
    if kind == "under":
        return years - _ROOM < float(match["under"] or match["below"])
    if kind == "range":
        share = 12 if match["unit"] == "months" else 1
        return float(match["low"]) / share - 0.1 <= years <= float(match["high"]) / share + _ROOM / share
    if kind == "event":
        months = match["months"]
        return float(months) / 12 <= years + 0.05 if months else float(match["years"] or match["aged"]) <= years + 0.5
    if kind == "field":
        return abs(float(match["field"]) / (12 if match["unit"] else 1) - years) <= _SAME
    if kind == "worded":
        return abs(_TENS[match["tens"].lower()] + _ONES.get((match["ones"] or "").lower(), 0) - years) <= _SAME
    return float(match["long"]) < years


def _is_of_another(note: ParsedNote, match: re.Match[str], kind: str) -> bool:
    sentence = note.sentence_at(match.start())
    if is_of_somebody_else(note.text, *match.span()) or note.context(*match.span()) & {
        "family",
        "hypothetical",
        "planned",
    }:
        return True
    if kind in ("field", "worded"):
        return False
    if kind in ("event", "habit"):
        before = note.text[max(sentence.start, match.start() - 30) : match.start()]
        return note.section_at(match.start()) not in _HISTORY or bool(_NO_EVENT.search(before))
    start = max(sentence.start, match.start() - 40)
    return bool(_NOT_MET.search(note.text, start, match.start()) or _NOT_MET_BEHIND.match(note.text, match.end()))

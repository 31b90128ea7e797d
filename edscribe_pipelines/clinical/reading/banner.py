"""How old the patient is, and of which sex, as the top of a note gives it: "M  58 yrs", "34/F", "Age ..... 84".

Only where no sentence says it (`age`), and only before the note gets going: further down such a figure is anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.patterns.spellings import folded
from edscribe_pipelines.clinical.reading.choices import chosen
from edscribe_pipelines.clinical.reading.people import is_of_somebody_else

_TOP = 400
"""Characters; a banner, a form's head, the first line of a story."""
_FEMALE, _MALE = r"F|female|woman|lady|girl|feminine|♀", r"M|male|man|gentleman|boy|lad|masculine|♂"
_SEX = rf"(?:(?P<F>{_FEMALE})|(?P<M>{_MALE}))(?![\w'’])"
_GAP = r"[ \t\xa0.,;:/|(~-]{0,4}"
_UNIT = r"(?:(?P<unit>mo(?:nth)?s?|/12|wks?|weeks?|days?)|y(?:ea)?rs?|y\.?o\.?|y/o|y)(?:[ \t-]*old|[ \t]+of[ \t]+age)?"
_FIGURE = r"(?<![\w.:/\[])(?P<years>\d{1,3})(?![\d.:]*\d)"
_AGE_FIRST = re.compile(rf"{_FIGURE}[ \t-]?(?:{_UNIT}\b\.?)?{_GAP}{_SEX}", re.I)
_SEX_FIRST = re.compile(
    rf"(?<![\w'’]){_SEX}{_GAP}(?:aged?|of|about|is|born \d{{4}} \()?[ \t]*{_FIGURE}"
    rf"(?:[ \t-]?{_UNIT}\b|(?=[ \t]*(?:[.,;|\n)]|$|[ \t]{{2}})))",
    re.I,
)
_OF = re.compile(rf"(?<![\w'’]){_SEX}[ ](?:aged|of)[ ]{_FIGURE}(?![ ]*(?:mg|kg|hours?|days?|weeks?|months?|min))", re.I)
_SAID_TO_BE = re.compile(rf"\b(?:(?P<F>she)|(?P<M>he))(?:[ ]is|['’]s)[ ]{_FIGURE}(?=[ ]*(?:[,.;]|and\b|$))", re.I)
_WITH_MONTHS = re.compile(rf"{_FIGURE}[ ]?y(?:rs?)?[ ]?(?:\d{{1,2}}[ ]?m(?:o|ths?)?)\b(?:{_GAP}{_SEX})?", re.I)
_FIELD = re.compile(
    rf"\b(?:age[sd]?)\b(?:[ \t]*[/(]?[ \t]*(?:sex|gender|years?|yrs?)\)?)?[ \t\xa0.:=|_-]{{0,40}}{_FIGURE}"
    rf"(?:[ \t-]?{_UNIT}\b)?(?:{_GAP}{_SEX})?",
    re.I,
)
_YEARS = re.compile(
    rf"(?:^|[\n|\t,(]|[ ]{{2}}|\b(?:pt|patient|is|he's|she's)\b:?)[ \t]*{_FIGURE}[ \t-]?"
    r"(?:y(?:ea)?rs?|y\.?o\.?|y/o|y)\b(?![ \t]*(?:of(?!\s+age)|hx|history|ago|later|now|with|post|since|smok\w*))",
    re.I,
)
_PATTERNS = (
    (_FIELD, ("age",)),
    (_WITH_MONTHS, ("0y", "0 y")),
    (_AGE_FIRST, ("0",)),
    (_SEX_FIRST, ("0",)),
    (_OF, (" of 0", " aged 0")),
    (_SAID_TO_BE, (" 0",)),
    (_YEARS, ("0y", "0 y", "0-y", "0\ty")),
)
"""Each with what it needs, one of these in a folded text."""
_A_PLACE = re.compile(r"\b(?:bed|room|rm|cubicle|cub|bay|resus|hall|floor|unit|ward|chair|seat|box)\W*$", re.I)
_A_TEMPERATURE = re.compile(r"(?:9[4-9]|10\d)[ \t]*F\b")
_OLDEST = 120
_A_YEAR = {"m": 12, "/": 12, "w": 365.25 / 7, "d": 365.25}


class Banner(NamedTuple):
    years: float
    sex: str | None


def at_the_top(note: str) -> Banner | None:
    """Return what stands first in the top of `note`; None where nothing there plainly is an age."""
    found = sorted(_found(chosen(note[:_TOP])), key=itemgetter(0))
    return found[0][1] if found else None


def _found(top: str) -> Iterator[tuple[int, Banner]]:
    small = folded(top)
    for pattern, needed in _PATTERNS:
        for match in pattern.finditer(top) if any(each in small for each in needed) else ():
            banner = _banner(match)
            if banner.years <= _OLDEST and _is_plain(top, match):
                yield match.start(), banner
                break


def _is_plain(top: str, match: re.Match[str]) -> bool:
    """Whether a letter for the sex is a capital, opens a line ("34f fell"), or stands with a unit or in a line of its
    own; nobody else's age."""
    if is_of_somebody_else(top, match.start(), match.end()) or _A_TEMPERATURE.fullmatch(match[0]):
        return False
    if _A_PLACE.search(top, 0, match.start()):
        return False
    groups = match.groupdict()
    letter = groups.get("F") or groups.get("M") or "long"
    if len(letter) > 1 or letter not in "fm":
        return True
    before, _, line = top[: match.start()].rpartition("\n")
    line += top[match.start() :].split("\n")[0]
    opens = not top[len(before) : match.start()].strip() and match[0][-1] == letter
    return opens or bool(re.search(r"y", match[0], re.I)) or len(line) < 80


def _banner(match: re.Match[str]) -> Banner:
    groups = match.groupdict()
    unit = (groups.get("unit") or "").lower()[:1]
    sex = "F" if groups.get("F") else "M" if groups.get("M") else None
    return Banner(int(match["years"]) / _A_YEAR.get(unit, 1), sex)

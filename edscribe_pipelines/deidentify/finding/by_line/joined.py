"""What belongs to a name that was found: initials, particles, a part behind a hyphen, the words of a place.

"Oda B. Voss", "de la Voss", "O'Voss", "Voss-Small", "New Vossbury", "Vossbury Regional", and behind an address
its city.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import regex

from edscribe_pipelines.deidentify.finding.ascii_pattern import ascii_pattern
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.word_pattern import word_pattern
from edscribe_pipelines.deidentify.tables import word_list

_NAMES = ("NAME", "CITY", "HOSPITAL", "EMPLOYER")
_REACH = 24
"""Characters beside a find in which what belongs to it begins."""

_CITY_BEHIND: Any = regex.compile(
    r",? (?P<city>\p{Lu}[\p{L}\p{M}'’\-]+(?: (?:d['’])?\p{Lu}[\p{L}\p{M}'’\-]+){0,2})"
    r"(?=,| \d{5}|\^|\.|;|\)|$| [A-Z]{2}\b)"
)
_PARTICLES = (
    "de la|de los|de|del|della|da|das|dos|do|di|du|des|la|le|van der|van den|van|von der|von|der|den|ter"
    "|bin|ibn|al|el|st\\.|abu|ben|mac|san|santa"
)


def joined(line: str, finds: Iterable[Span]) -> Iterator[Span]:
    """Yield `finds`, those of names with what belongs to them, and the city behind an address."""
    for find in finds:
        if find.type == "ADDRESS":
            yield from _city_behind(line, find)
        yield _widened(line, find) if find.type in _NAMES else find


def _city_behind(line: str, find: Span) -> Iterator[Span]:
    city = _CITY_BEHIND.match(line, find.end)
    if city and city["city"] not in word_list("not_name"):
        yield Span(city.start("city"), city.end("city"), "CITY", "city_behind_address")


def _widened(line: str, find: Span) -> Span:
    left, right = _patterns_for_ascii() if line.isascii() else _patterns()
    before = left.search(line[max(0, find.start - _REACH) : find.start])
    after = right.match(line, find.end)
    if not before and not after:
        return find
    start = find.start - len(before[0]) if before else find.start
    return find._replace(start=start, end=after.end() if after else find.end)


@cache
def _patterns() -> tuple[Any, Any]:
    return regex.compile(_left()), regex.compile(_right())


@cache
def _patterns_for_ascii() -> tuple[Any, Any]:
    """Return the same for a line of ASCII, where `re` is quicker."""
    return ascii_pattern(_left()) or _patterns()[0], ascii_pattern(_right()) or _patterns()[1]


def _left() -> str:
    """Return the pattern of what may belong to a name on its left, up to it."""
    return (
        r"(?<![\p{L}\p{M}\d.'’])(?<!(?<!-)-)(?:"
        rf"(?:(?:{_PARTICLES}|{_PARTICLES.title()}|{_PARTICLES.upper()})\ )"
        r"|\p{Lu}['’]|[odnl]['’]|\p{L}[\p{L}\p{M}]+-"
        r"|\p{Lu}\p{Ll}+-\p{L}\p{Ll}+\ "
        r"|(?:\p{Lu}\.\ ?){1,2}"
        rf"|{word_pattern(word_list('place_before'))}\ "
        r")+$"
    )


def _right() -> str:
    """Return the pattern of what may belong to a name on its right, from it on."""
    return (
        r"(?:"
        r"-\p{L}[\p{L}\p{M}]+"
        r"|['’]\p{Lu}[\p{L}\p{M}]+"
        r"|\ [dlno]['’]\p{L}[\p{L}\p{M}]+"
        r"|\ (?:Lê|Le|Ng|Vu|Xu|Wu|Yu|Hu|Ho|Li|Lu|Ma|Oh|Do|le|ng|vu|xu|wu|LE|NG|VU|XU|WU)(?=[,.;:)\]\"”]|\ \(|\ +$|$)"
        r"|\ \p{Lu}\.\ \p{Lu}[\p{L}\p{M}'’\-]+"
        r"|\ \p{Lu}\ \p{Lu}\p{Ll}[\p{L}\p{M}'’\-]+"
        r"|\ \p{Lu}\.(?=[\s,;)]|$)"
        rf"|\ (?:{_PARTICLES}|{_PARTICLES.title()})\ \p{{L}}[\p{{L}}\p{{M}}'’\-]+"
        rf"|,?\ {word_pattern(word_list('suffix_of_name'))}\b\.?"
        rf"|\ {word_pattern(word_list('place_behind'))}(?:['’]s)?(?![\p{{L}}\p{{M}}])"
        r")+"
    )

"""The way back: originals put again into a text that a model wrote from a pseudonymized note.

The originals live in memory only. A `Restoration` shows nothing of them, cannot be copied, pickled or written
as JSON, and forgets them when it is closed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

from edscribe_pipelines.deidentify.replacing.dates import FULL_DATE_SHAPE, full_date_in, moved
from edscribe_pipelines.errors import BadInput

NOT_BEFORE = r"(?<!\w)(?<!\d[-/.])"
NOT_AFTER = r"(?!\w|[-/.]\d|,? \d{4}(?!\d))"
"""A fake counts only where it stands for itself: "4/2" does not begin "4/2/2024"."""

_AGE_FOLLOWS = r"(?=[ \-]?(?:years?|yrs?|y/?o)(?!\w))"
_NEVER = "(?!)"


@dataclass(frozen=True, repr=False, slots=True)
class Originals:
    """What stands behind the fakes: as written, behind tokens, and the days that dates were moved by."""

    fakes: Mapping[str, str]
    tokens: Mapping[str, str]
    dates: frozenset[date]
    days: int
    this_year: int


class Restoration:
    """Restores originals while it is open. A context manager: it closes at the end."""

    __slots__ = ("_folded", "_originals", "_pattern")

    def __init__(self, originals: Originals) -> None:
        self._originals: Originals | None = originals
        self._pattern: re.Pattern[str] | None = _pattern_of(originals)
        self._folded: dict[str, str] | None = {_folded(fake): fake for fake in sorted(originals.fakes, reverse=True)}

    def restore(self, text: str) -> str:
        """Return `text` with the originals in the place of their fakes.

        A name also comes back in capitals, with a possessive, or as its first or last part alone; a date in
        another format than the note's. Raises BadInput once closed.
        """
        if self._pattern is None:
            raise BadInput("restoration", "it is closed", remedy="Restore before it is closed: the originals are gone.")
        return self._pattern.sub(lambda found: self._original_of(found[0]), text)

    def close(self) -> None:
        """Forget the originals."""
        self._originals = self._pattern = self._folded = None

    def _original_of(self, found: str) -> str:
        assert self._originals is not None
        assert self._folded is not None
        for exact in (self._originals.tokens, self._originals.fakes):
            if found in exact:
                return exact[found]
        fake = self._folded.get(_folded(found)) or self._folded.get(f"{found}+")
        if fake is not None:
            return _in_case_of(found, self._originals.fakes[fake])
        return self._date_before(found, self._originals)

    @staticmethod
    def _date_before(found: str, originals: Originals) -> str:
        written = full_date_in(found)
        if written is None or written.moment(originals.this_year) not in originals.dates:
            return found
        return moved(found, [written], -originals.days, originals.this_year)

    def __enter__(self) -> Restoration:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Restoration {'closed' if self._pattern is None else 'open'}>"

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise TypeError("a restoration stays in this process's memory: it is neither copied nor stored")

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(None)


@dataclass(frozen=True)
class Pseudonymized:
    """A note with a fake in the place of each span, and the way back. Neither is shown by `repr`."""

    text: str = field(repr=False)
    restoration: Restoration = field(repr=False)


def _pattern_of(originals: Originals) -> re.Pattern[str]:
    fakes = sorted(originals.fakes, key=len, reverse=True)
    ages = [fake[:-1] for fake in fakes if fake.endswith("+") and originals.fakes[fake].isdecimal()]
    return re.compile(
        f"{_one_of(originals.tokens)}"
        f"|{NOT_BEFORE}(?:(?i:{_one_of(fakes)}){NOT_AFTER}|(?:{_one_of(ages)}){_AGE_FOLLOWS})"
        rf"|(?<![^\W_])(?:{FULL_DATE_SHAPE if originals.dates else _NEVER})(?![^\W_])"
    )


def _one_of(texts: Any) -> str:
    return "|".join(re.escape(text).replace(r"\ ", r"\s+") for text in texts) or _NEVER


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _in_case_of(found: str, original: str) -> str:
    if found.isupper():
        return original.upper()
    return original.lower() if found.islower() else original

"""The last look before a text leaves the PHI zone.

Kept apart from the remover on purpose, in code and in lists: a second detector of the same make shares the
first one's blind spots. The gate knows two things only, both precise: values that the record itself names,
and shapes that no clinical text has. It reports rule ids, never values.

An invented value has the shape of what it stands for. So the gate takes a list of stand-ins and does not see their
shapes; a value that the record names counts wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from edscribe_pipelines.clinical.records import Identifier, Verdict
from edscribe_pipelines.deidentify.checking.known_values import names_known
from edscribe_pipelines.deidentify.checking.plain_letters import in_plain_letters
from edscribe_pipelines.deidentify.checking.shapes import shape_findings

KNOWN = "known_identifier"
_MASK = "[MASKED]"
"""A word, so that a label before a mask is not taken for that of the number behind it."""

_YEARLESS = 4
"""A value of no more digits may be day and month: a year behind it belongs to it."""


def phi_findings(text: str, known_identifiers: Sequence[Identifier], stand_ins: Collection[str] = ()) -> list[str]:
    """Return the ids of the rules that `text` breaks, each once; the shapes of `stand_ins` break none."""
    plain = in_plain_letters(text)
    found = [KNOWN] if known_identifiers and names_known(plain, known_identifiers) else []
    shown = masked(plain, [in_plain_letters(each) for each in stand_ins])
    return list(dict.fromkeys([*found, *shape_findings(shown.lower())]))


def verdict(findings: Sequence[str]) -> Verdict:
    return "fail" if findings else "pass"


def masked(text: str, stand_ins: Collection[str]) -> str:
    """Return `text` with each occurrence of a stand-in hidden: whole, in letters of any size, over any blanks.

    What runs on is no occurrence: 555-0117 does not stand in 555-0117-4, nor 4/2 in 4/2/2024.
    """
    return _occurrences(tuple(stand_ins)).sub(_MASK, text) if stand_ins else text


def stands_in(text: str, stand_in: str) -> bool:
    """Return whether `text` holds an occurrence of `stand_in`, so that a mask would hide it."""
    return _occurrences((in_plain_letters(stand_in),)).search(in_plain_letters(text)) is not None


@lru_cache(maxsize=1024)
def _occurrences(stand_ins: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_occurrence, sorted(stand_ins, key=len, reverse=True))), re.IGNORECASE)


def _occurrence(stand_in: str) -> str:
    words = r"\s+".join(map(re.escape, stand_in.split()))
    before = r"(?<![^\W_])(?<!\d[-/.])" if stand_in[:1].isalnum() else ""
    after = r"(?![^\W_]|[-/.]\d)" if stand_in[-1:].isalnum() else ""
    year = r"(?!,? \d{4}(?!\d))" if 0 < sum(map(str.isdigit, stand_in)) <= _YEARLESS else ""
    return f"{before}{words}{after}{year}"

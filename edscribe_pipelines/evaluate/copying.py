"""Whether a note carries its source's facts over: numbers, list items and drugs, compared exactly.

Similarity figures hardly move when a dose is ten times too high; these do. They compare values and
not meaning: a number that is right in the wrong place passes `number_recall`, but not `item_recall`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED

_NUMBER = re.compile(r"(?<![A-WYZa-wyz_\d.])(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)")
"""Not the digits of SpO2 or of a code such as R07.9; the 4 of "4mg" and the 5 of "x5" are numbers."""
_NOT_A_FACT = re.compile(r"^\s*\d{1,2}[.)]\s|\bICD-?(?:9|10)\b", re.M | re.I)
"""An item's number in a list, a coding system's edition."""
_ITEM_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)](?=\s))\s*", re.M)
_LABEL = re.compile(r"^[^:\n\d]{1,40}:\s+")


def score_copying(prompt: str, reference: str, generated: str) -> dict[str, Any]:
    """Return shares and the counts behind them; a share of nothing is None."""
    wanted, stated = _items(reference), _items(generated)
    return {
        "item_recall": _share(len(wanted & stated), len(wanted)),
        **_score_numbers(_numbers(prompt), _numbers(reference), _numbers(generated)),
        **_score_medications(prompt, _medications(wanted), _medications(stated)),
    }


def _score_numbers(source: Counter[float], wanted: Counter[float], stated: Counter[float]) -> dict[str, Any]:
    unsupported = sum(count for number, count in stated.items() if number not in source)
    return {
        "number_recall": _share((wanted & stated).total(), wanted.total()),
        "number_precision": _share(stated.total() - unsupported, stated.total()),
        "numbers": stated.total(),
        "numbers_not_in_prompt": unsupported,
    }


def _score_medications(prompt: str, wanted: set[str], stated: set[str]) -> dict[str, Any]:
    source = _normal(prompt)
    unsupported = sum(not _stands_in(drug, source) for drug in stated)
    return {
        "medication_recall": _share(sum(_stands_in(drug, "; ".join(stated)) for drug in wanted), len(wanted)),
        "medication_precision": _share(len(stated) - unsupported, len(stated)),
        "medications": len(stated),
        "medications_not_in_prompt": unsupported,
    }


def _numbers(text: str) -> Counter[float]:
    return Counter(float(match.replace(",", "")) for match in _NUMBER.findall(_NOT_A_FACT.sub(" ", text)))


def _items(note: str) -> set[tuple[str, str]]:
    """Return (section, item) for each line, or part of a line between semicolons, that states something."""
    return {
        (section, _normal(item))
        for section, content in split_headed(note).items()
        if content != NOT_DOCUMENTED
        for line in content.splitlines()
        for item in _LABEL.sub("", _ITEM_MARK.sub("", line)).split(";")
        if _normal(item)
    }


def _medications(items: set[tuple[str, str]]) -> set[str]:
    """Return the drugs of the Medications section, also where commas part them."""
    return {drug for section, item in items if section == "Medications" for drug in item.split(", ")}


def _stands_in(drug: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(drug)}(?!\w)", text) is not None


def _normal(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

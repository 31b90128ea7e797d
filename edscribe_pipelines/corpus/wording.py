"""How a fact is worded: the named conversions, and nothing else.

A number, drug or diagnosis in a rendered note is its field put through one of these, so that a reader
of the provenance can redo it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TRANSPORTS = {
    "AMBULANCE": "by ambulance",
    "HELICOPTER": "by helicopter",
    "OTHER": "by other means",
    "WALK IN": "on foot",
}
"""MIMIC-IV-ED's arrival transports but UNKNOWN, which is no fact."""

DISPOSITIONS = {
    "ADMITTED": "Admitted",
    "EXPIRED": "Died in the emergency department",
    "HOME": "Discharged home",
    "LEFT AGAINST MEDICAL ADVICE": "Left against medical advice",
    "OTHER": "Disposition recorded as other",
    "TRANSFER": "Transferred",
}
"""MIMIC-IV-ED's dispositions that follow a physician's care. Leaving unseen and eloping do not."""

_SEXES = {"F": "Female", "M": "Male"}
_CODING_SYSTEMS = {"icd9": "ICD-9", "icd10": "ICD-10"}


def _age(years: int) -> str:
    """Safe Harbor keeps ages up to 89 (45 CFR 164.514(b)(2)(i)(C))."""
    return "90+" if years >= 90 else str(years)


CONVERSIONS: dict[str, Callable[[Any], str]] = {
    "verbatim": str,
    "number": "{:g}".format,
    "out_of_ten": "{:g}/10".format,
    "age": _age,
    "sex": _SEXES.__getitem__,
    "transport": TRANSPORTS.__getitem__,
    "disposition": DISPOSITIONS.__getitem__,
    "coding_system": _CODING_SYSTEMS.__getitem__,
}

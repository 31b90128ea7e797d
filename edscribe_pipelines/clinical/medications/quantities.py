"""Amounts and rates in the units in which they are compared."""

from __future__ import annotations

from typing import NamedTuple

_BASE = {"mcg": ("mg", 0.001), "mg": ("mg", 1.0), "mg PE": ("mg", 1.0), "g": ("mg", 1000.0)}
_HOURLY = {"": 1.0, "h": 1.0, "min": 60.0}


class Quantity(NamedTuple):
    """A quantity in mg, units, mEq or mL; of a rate, in an hour."""

    value: float
    unit: str
    per_kg: bool


def in_base(value: float, unit: str, per: str | None = None) -> Quantity:
    """Return an amount of a `DoseMention` or of a row in the units in which amounts are compared."""
    base, factor = _BASE.get(unit, (unit, 1.0))
    time = (per or "").removeprefix("kg").removeprefix("/")
    return Quantity(value * factor * _HOURLY[time], base, (per or "").startswith("kg"))

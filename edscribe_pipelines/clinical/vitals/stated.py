"""A number that a text states of a vital sign, and how."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["value", "range", "decade", "change", "sum"]
"""Plainly; as an end of a range; as "in the 80s"; as what another value became ("90 -> 110"); as a sum of parts."""


class Stated(NamedTuple):
    """`value` of `field` at text[start:end], which does not hold its label."""

    field: str
    value: float
    start: int
    end: int
    kind: Kind

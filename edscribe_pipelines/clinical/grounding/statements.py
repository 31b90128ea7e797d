"""What a statement of a note is, and what became of it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal[
    "number",
    "vital",
    "acuity",
    "code",
    "drug",
    "dose",
    "administration",
    "allergy",
    "laterality",
    "negation",
    "finding",
    "reasoning",
    "age",
    "sex",
    "disposition",
]
Verdict = Literal["supported", "contradicted", "unsupported"]


class Said(NamedTuple):
    """text[start:end] says that `field` is `value`, in the one spelling in which it is compared; `field` is None
    where nothing but the words can be compared."""

    kind: Kind
    field: str | None
    value: str
    start: int
    end: int


class Statement(NamedTuple):
    """`field` is what of the source the statement is held against, None where there is nothing of the kind."""

    kind: Kind
    verdict: Verdict
    start: int
    end: int
    field: str | None

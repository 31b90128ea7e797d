"""How a fact is worded: the named conversions, and nothing else.

A number, drug or diagnosis in a rendered note is its field put through one of these, so that a reader
of the provenance can redo it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.fact_words import DISPOSITIONS, SEXES, TRANSPORTS

_CODING_SYSTEMS = {"icd9": "ICD-9", "icd10": "ICD-10"}


def _age(years: int) -> str:
    """Safe Harbor keeps ages up to 89 (45 CFR 164.514(b)(2)(i)(C))."""
    return "90+" if years >= 90 else str(years)


CONVERSIONS: dict[str, Callable[[Any], str | None]] = {
    "verbatim": str,
    "number": "{:g}".format,
    "amount": "{:.15g}".format,  # of a drug: 1200000 units are not 1.2e+06
    "out_of_ten": "{:g}/10".format,
    "age": _age,
    "sex": SEXES.get,
    "transport": TRANSPORTS.get,
    "disposition": DISPOSITIONS.get,
    "coding_system": _CODING_SYSTEMS.get,
}
"""Each gives None for a value that is no fact."""


def worded(values: pl.Series, conversion: str, said: str = "{}") -> pl.Series:
    """Return `said` with each value in it, in the words of `conversion`; null where a value is no fact or empty.

    A column holds few distinct values, and each is worded once.
    """
    if conversion == "verbatim":
        text = values.cast(pl.String)
        return pl.select(pl.format(said, pl.lit(text.set(text == "", None)))).to_series()
    # Floats go by their bits: 0.0 and -0.0 are equal and not worded alike.
    keys = values.reinterpret(dtype=pl.Int64) if values.dtype == pl.Float64 else values
    distinct = pl.DataFrame({"key": keys, "value": values}).drop_nulls().unique("key")
    words = [word and said.format(word) for word in map(CONVERSIONS[conversion], distinct["value"])]
    return keys.replace_strict(distinct["key"], pl.Series(words, dtype=pl.String), default=None)

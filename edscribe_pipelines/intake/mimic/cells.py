"""MIMIC's cells as values: ids, words and times, null where there is none.

A release has millions of cells and few wordings, so most columns are read as `repeated`, and each wording is
looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl

STAY = "stay"
"""Column that says which row of edstays, counted from 0, a row belongs to; null where it is none."""


def text(column: str) -> pl.Expr:
    """Return cells without white space around them and with single spaces within."""
    return folded(pl.col(column))


def folded(cells: pl.Expr) -> pl.Expr:
    words = cells.str.replace_all(r"[^\S ]\s*| \s+", " ").str.strip_chars()
    return pl.when(words != "").then(words)


def identifier(column: str) -> pl.Expr:
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def whole_number(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().cast(pl.Int64, strict=False)


def time(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="ms", strict=False)


def categories() -> pl.Categorical:
    """Return the type of a column in which few wordings make many rows, with categories of its own."""
    return pl.Categorical(pl.Categories.random())


def repeated(table: pl.LazyFrame, columns: Iterable[str]) -> list[pl.Expr]:
    """Return such columns of `table`, where they were not read as categories already."""
    known = table.collect_schema()
    return [
        pl.col(column) if isinstance(known[column], pl.Categorical) else pl.col(column).cast(categories())
        for column in columns
    ]


def by_wording(cells: pl.Series, read: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """Return what `read` says of each of the `repeated` cells; it sees every wording once, as a string."""
    known = cells.drop_nulls().unique()
    said = read(known.cast(pl.String))
    codes = known.to_physical().to_numpy()
    place = np.zeros(codes.max(initial=0) + 1, np.uint32)
    place[codes] = np.arange(len(known))
    places = pl.Series(place).gather(cells.to_physical())
    return pl.DataFrame([column.gather(places) for column in said])


def with_words(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return `rows` with the `repeated` columns as `text` has them, still as categories."""
    return rows.with_columns(by_wording(rows[column], _fold).to_series().alias(column) for column in columns)


def _fold(wordings: pl.Series) -> pl.DataFrame:
    [words] = wordings.to_frame("words").select(folded(pl.col("words"))).get_columns()
    return words.cast(categories()).to_frame()

"""Words about each row of a table, which remember where each of their facts stands.

A statement is built from its parts for all rows at once. Where a row has nothing to say its text is null,
and then so are the places of its facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import polars as pl

from edscribe_pipelines.clinical.records import Provenance, polars_schema
from edscribe_pipelines.corpus.wording import worded


class Fact(NamedTuple):
    """The words of one field: `rows` of the table that hold it, where in their text it starts (in
    characters, null where the text leaves it out), how long it is, and what it is called there."""

    rows: pl.Series
    start: pl.Series
    length: pl.Series
    field: str | pl.Series
    conversion: str

    def moved(self, by: int | pl.Series) -> Fact:
        """Return the fact in a text that has `by` characters before this one, for each row of the table or for all."""
        return self._replace(start=self.start + (by if isinstance(by, int) else by.gather(self.rows)))


class Statement(NamedTuple):
    text: pl.Series
    facts: tuple[Fact, ...] = ()

    @property
    def length(self) -> pl.Series:
        return self.text.str.len_chars().cast(pl.Int64)

    def otherwise(self, text: str) -> Statement:
        """Return a statement that says `text` where this one says nothing."""
        return self._replace(text=self.text.fill_null(text))


def fact(
    values: pl.Series, field: str, conversion: str = "verbatim", said: str = "{}", place: pl.Series | None = None
) -> Statement:
    """Return `said` with what `conversion` makes of each value for its `{}`.

    `{}` in `field` stands for the `place` of a row in its list.
    """
    text = worded(values, conversion, said)
    rows = text.is_not_null().arg_true()
    before, after = said.split("{}")
    start = pl.repeat(len(before), len(rows), dtype=pl.Int64, eager=True)
    length = Statement(text.gather(rows)).length - len(before + after)
    name = field if place is None else _numbered(field, place.gather(rows))
    return Statement(text, (Fact(rows, start, length, name, conversion),))


def _numbered(field: str, place: pl.Series) -> pl.Series:
    highest = cast(int, place.max() or 0)
    return pl.Series([field.format(number) for number in range(highest + 1)]).gather(place)


def phrase(*parts: str | Statement) -> Statement:
    """Return the parts one after the other where each of them has something to say."""
    text = pl.select(pl.concat_str(pl.lit(part if isinstance(part, str) else part.text) for part in parts)).to_series()
    at: int | pl.Series = 0
    if sum(isinstance(part, Statement) for part in parts) > 1:
        at = pl.select(pl.when(text.is_not_null()).then(pl.lit(0, pl.Int64))).to_series()
    facts: list[Fact] = []
    for part in parts:
        if isinstance(part, str):
            at = at + len(part)
        else:
            facts += [known.moved(at) for known in part.facts]
            at = at + part.length
    return Statement(text, tuple(facts))


def join(separator: str, statements: Sequence[Statement]) -> Statement:
    """Return those of the statements that have something to say, one after the other."""
    texts = [pl.lit(statement.text) for statement in statements]
    text = pl.select(pl.concat_str(texts, separator=separator, ignore_nulls=True)).to_series()
    at = pl.zeros(len(text), pl.Int64, eager=True)
    facts: list[Fact] = []
    for statement in statements:
        facts += [known.moved(at) for known in statement.facts]
        at = at + (statement.length + len(separator)).fill_null(0)
    return Statement(text.set(text == "", None), tuple(facts))


def listed(separator: str, items: Statement, owner: pl.Series, owners: int) -> Statement:
    """Return the items of each of `owners` rows in one text; `owner` is the row of each item, ascending."""
    length = (items.length + len(separator)).fill_null(0)
    table = pl.DataFrame({"row": owner, "text": items.text, "at": length.cum_sum() - length})
    at = table.select(pl.col("at") - pl.col("at").first().over("row")).to_series()
    texts = table.drop_nulls("text").group_by("row", maintain_order=True).agg("text")
    facts = (known.moved(at)._replace(rows=owner.gather(known.rows)) for known in items.facts)
    return Statement(_of_all_rows(texts, owners).list.join(separator), tuple(facts))


def _of_all_rows(values: pl.DataFrame, rows: int) -> pl.Series:
    """Return the column beside `row` for each of `rows` rows, null where it has none."""
    numbers = pl.DataFrame({"row": pl.int_range(rows, dtype=pl.UInt32, eager=True)})
    return numbers.join(values, on="row", how="left", maintain_order="left").to_series(1)


def provenance(statement: Statement) -> pl.Series:
    """Return for each row the `Provenance` of its facts, in the order of the text."""
    schema = polars_schema(Provenance)
    spans = pl.concat([pl.DataFrame(schema={"row": pl.UInt32, **schema}), *map(_spans, statement.facts)])
    ordered = spans.drop_nulls("start").sort(pl.col("row").cast(pl.Int64) * 2**32 + pl.col("start"))
    nested = ordered.select("row", provenance=pl.struct(schema.names()))
    of_rows = nested.group_by("row", maintain_order=True).agg("provenance")
    return _of_all_rows(of_rows, len(statement.text)).fill_null([])


def _spans(known: Fact) -> pl.DataFrame:
    return pl.select(
        row=known.rows,
        start=known.start,
        end=known.start + known.length,
        field=pl.lit(known.field),
        conversion=pl.lit(known.conversion),
    )

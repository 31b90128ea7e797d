"""Source values that are no facts: the place of each in the raw tables and the reason, never the value."""

from __future__ import annotations

import polars as pl

from edscribe_pipelines.intake.mimic.cells import STAY
from edscribe_pipelines.intake.mimic.lists import listed

_SCHEMA = {
    "table": pl.String,
    "row": pl.UInt32,
    "column": pl.String,
    STAY: pl.UInt32,
    "field": pl.String,
    "reason": pl.String,
}


def problem_rows(frame: pl.DataFrame, table: str, column: str, reason: str, field: str) -> pl.DataFrame:
    """Return a line for each row of `frame` whose column `reason` says why `column` is no fact of `field`."""
    return frame.filter(pl.col(reason).is_not_null()).select(
        table=pl.lit(table),
        row=pl.col("row").cast(pl.UInt32),
        column=pl.lit(column),
        stay=pl.col(STAY).cast(pl.UInt32),
        field=pl.lit(field),
        reason=pl.col(reason).cast(pl.String),
    )


def orphan_rows(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return a line for each row of `frame` whose stay is not in edstays."""
    orphans = frame.filter(pl.col(STAY).is_null()).with_columns(orphan=pl.lit("stay not in edstays"))
    return problem_rows(orphans, table, "stay_id", "orphan", table)


def all_problems(found: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *found])


def set_aside(problems: pl.DataFrame, stays: int) -> pl.DataFrame:
    """Return `set_aside` of each stay: field and reason, in the order of the tables."""
    of_stays = problems.filter(pl.col(STAY).is_not_null())
    return listed(of_stays.sort(STAY, "table", "row", "column"), "set_aside", ["field", "reason"], stays)

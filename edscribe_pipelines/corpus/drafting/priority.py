"""Which stays are drafted where not all are: by the chief complaint's class (the plan's question 2).

Classes are rows of `tables/complaint_priority.csv`; complaints and their wording those of
`clinical/tables/complaints.csv`, or the row's own. A complaint may be of both classes.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Literal

import polars as pl

from edscribe_pipelines.corpus.complaint import complaint_categories
from edscribe_pipelines.tables import read_table

_TABLES = f"{__package__}.tables"


def choose_stays(
    stays: pl.DataFrame, priority: Literal["high_volume", "high_stakes", "both"], most: int
) -> pl.DataFrame:
    """Return at most `most` of the stays, each with its `complaint`, those of the classes that go first before others.

    Complaints take turns, so that the commonest does not take every place; within one, the random id decides.
    """
    wordings = stays["chief_complaint"].fill_null("")
    classes = ("high_volume", "high_stakes") if priority == "both" else (priority,)
    order = (
        stays.lazy()
        .select("encounter_id", later=~_goes_first(classes), complaint=complaint_categories(wordings))
        .with_row_index("row")
        .sort("encounter_id")
        .with_columns(turn=pl.int_range(pl.len()).over("later", "complaint"))
        .sort("later", "turn", "encounter_id")
        .head(most)
        .collect()
    )
    return stays[order["row"]].with_columns(order["complaint"])


def _goes_first(classes: tuple[str, ...]) -> pl.Expr:
    wording = {row["complaint"]: row["pattern"] for row in read_table("complaints.csv")}
    rows = [row for row in read_table("complaint_priority.csv", _TABLES) if row["class"] in classes]
    return reduce(or_, (_is_worded(row["pattern"] or wording[row["complaint"]]) for row in rows))


def _is_worded(pattern: str) -> pl.Expr:
    return pl.col("chief_complaint").fill_null("").str.contains(f"(?i){pattern}")

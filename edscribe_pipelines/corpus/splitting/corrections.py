"""Which stay a note is about, through all corrections of it, and which of its versions counts."""

from __future__ import annotations

import polars as pl


def original_stays(cases: pl.DataFrame) -> pl.Series:
    """Return the encounter_id of the stay that each case's note was first written for."""
    revised = dict(cases.filter(pl.col("revises").is_not_null())["encounter_id", "revises"].iter_rows())
    first = {encounter: _first(encounter, revised) for encounter in revised}
    return cases["encounter_id"].replace(first).alias("original_stay")


def _first(encounter: str, revised: dict[str, str]) -> str:
    seen = set()
    while encounter in revised and encounter not in seen:
        seen.add(encounter)
        encounter = revised[encounter]
    return encounter


def drop_superseded(cases: pl.DataFrame) -> pl.DataFrame:
    """Drop the case of every stay that a later, corrected case revises; the newest correction stays.

    A stay that a later release or batch brings again stands as it came last. `cases` come in order of months.
    """
    newest = cases.with_columns(original_stays(cases)).unique("case_id", keep="last", maintain_order=True)
    corrected = pl.col("revises").is_not_null()
    corrections = newest.filter(corrected).unique("original_stay", keep="last", maintain_order=True)
    standing = newest.filter(~corrected).join(corrections, on="original_stay", how="anti", maintain_order="left")
    return pl.concat([standing, corrections]).drop("original_stay")

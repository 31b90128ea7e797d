"""The age at a visit, from `hosp/patients` of MIMIC-IV.

A patient's age is given for one year of the shifted calendar, and is 91 for everybody over 89: those stay at 90
or more, whatever the year of the visit. Source: https://mimic.mit.edu/docs/iv/modules/hosp/patients/
"""

from __future__ import annotations

import polars as pl

from edscribe_pipelines.intake.mimic.cells import identifier, whole_number

_OLDEST = 90


def with_ages(stays: pl.DataFrame, patients: pl.LazyFrame | None) -> pl.DataFrame:
    """Return the stays with `age_years`; null where the patient or the year of the visit is not known."""
    if patients is None:
        return stays.with_columns(age_years=pl.lit(None, pl.Int64))
    known = (
        patients.select(
            identifier("subject_id"), anchor_age=whole_number("anchor_age"), anchor_year=whole_number("anchor_year")
        )
        .filter(pl.col("subject_id").is_in(stays["subject_id"].unique().implode()))
        .collect(engine="streaming")
        .unique("subject_id", keep="first", maintain_order=True)
    )
    joined = stays.join(known, on="subject_id", how="left", maintain_order="left")
    age = pl.col("anchor_age") + pl.col("arrival").dt.year() - pl.col("anchor_year")
    oldest = pl.col("anchor_age") >= _OLDEST
    return joined.with_columns(
        age_years=pl.when(oldest & age.is_not_null()).then(pl.max_horizontal(age, _OLDEST)).when(age >= 0).then(age)
    ).drop("anchor_age", "anchor_year")

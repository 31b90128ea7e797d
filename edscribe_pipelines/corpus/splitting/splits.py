"""Training, validation and test, 80/10/10 by patient."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from edscribe_pipelines.corpus.splitting.assignment import assign_patients
from edscribe_pipelines.corpus.splitting.corrections import drop_superseded
from edscribe_pipelines.corpus.splitting.strata import patient_strata, too_frequent


def split_cases(cases: pl.DataFrame, duplicates: pl.DataFrame, register: Path, seed: int) -> pl.DataFrame:
    """Return the cases that count, each with its `split`.

    `cases` are the gated cases of all months so far, `duplicates` those of `find_duplicates`. A case that a
    physician revised gives way to the revision. Patients without a split are assigned one in `register`.
    """
    current = drop_superseded(cases).join(duplicates, on="case_id", how="anti", maintain_order="left")
    assigned = assign_patients(patient_strata(current), register, seed, too_frequent(current))
    return current.with_columns(split=pl.col("patient_key").replace_strict(assigned, return_dtype=pl.String))

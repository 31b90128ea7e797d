"""The category of a chief complaint: the first of `clinical/tables/complaints.csv` whose wording it has."""

from __future__ import annotations

import polars as pl

from edscribe_pipelines.clinical.reasoning.complaints import complaints_in

OTHER = "other"


def complaint_category(chief_complaint: str) -> str:
    """Return the name of the category, `OTHER` where the table has none."""
    return next((complaint.name for complaint in complaints_in(chief_complaint)), OTHER)


def complaint_categories(chief_complaints: pl.Series) -> pl.Series:
    """Return the category of each complaint; each wording is looked up once."""
    wordings = chief_complaints.unique().to_list()
    categories = {wording: complaint_category(wording) for wording in wordings}
    return chief_complaints.replace_strict(categories, return_dtype=pl.String)

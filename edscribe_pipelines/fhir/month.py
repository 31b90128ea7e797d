"""The FHIR resources of a month's stays."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from edscribe_pipelines.fhir.composition import Note
from edscribe_pipelines.fhir.export import export_ndjson


def export_rows(stays: pl.DataFrame, cases: Path, folder: Path) -> dict[str, int]:
    """Write the resources of those `stays` that the gate let out, with their gated notes among `cases`, to `folder`."""
    columns = pl.scan_parquet(cases).select("encounter_id", "completion", "case_id", "note_origin", "tier")
    gated = columns.join(stays.lazy().select("encounter_id"), on="encounter_id", how="semi").collect()
    notes = {encounter_id: Note(*note) for encounter_id, *note in gated.iter_rows()}
    return export_ndjson(stays.filter(pl.col("phi_gate") == "pass").iter_rows(named=True), notes, folder)

"""The FHIR resources of a month's stays."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from edscribe_pipelines.fhir.export import export_ndjson
from edscribe_pipelines.fhir.models import Model
from edscribe_pipelines.fhir.note import Note, by_whom


def export_rows(
    stays: pl.DataFrame, month: Path, cases: Path, folder: Path, model: Model | None = None
) -> dict[str, int]:
    """Write the resources of those `stays` that the gate let out, with their gated notes among `cases`, to `folder`.

    `stays` are some of the `DeidentifiedNote` rows of `month`. A stay whose note was corrected in the month stands as
    its last gated correction left it; a correction that was not gated changes nothing. `model` is what drafted.
    """
    columns = pl.scan_parquet(cases).select("encounter_id", "completion", "note_origin", "tier")
    corrections = _last_corrections(pl.scan_parquet(month), columns)
    standing = stays.filter(pl.col("phi_gate") == "pass").filter(
        pl.when(pl.col("revises").is_null())
        .then(~pl.col("encounter_id").is_in(list(corrections)))
        .otherwise(pl.col("encounter_id").is_in(list(corrections.values())))
    )
    wanted = [*standing["encounter_id"], *standing["revises"].drop_nulls()]
    gated = columns.filter(pl.col("encounter_id").is_in(wanted)).collect()
    written = {encounter_id: Note(*note) for encounter_id, *note in gated.iter_rows()}
    revised = dict(standing.select("encounter_id", "revises").iter_rows())
    notes = {stay: by_whom(note, written.get(revised.get(stay) or ""), model) for stay, note in written.items()}
    return export_ndjson(standing.iter_rows(named=True), notes, folder)


def _last_corrections(month: pl.LazyFrame, cases: pl.LazyFrame) -> dict[str, str]:
    """Return the encounter_id of the last gated correction of each stay that has one, by the stay's own."""
    corrections = month.select("encounter_id", "revises").filter(pl.col("revises").is_not_null())
    gated = corrections.join(cases.select("encounter_id"), on="encounter_id", how="semi", maintain_order="left")
    return {revises: encounter_id for encounter_id, revises in gated.collect().iter_rows()}

"""How what arrived is stored, as it came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import to_frame
from edscribe_pipelines.intake.mimic.raw_tables import store_release
from edscribe_pipelines.intake.mimic.release import data_use_of


def take_release(release: Path | None, folder: Path) -> dict[str, Any]:
    """Store a release in `folder`, as it came, and return its counts; without one, that there is none."""
    if release is None:
        return {"releases": 0}
    rows = store_release(release, folder)
    return {"releases": 1, "data_use": data_use_of(release), **rows}


def take_rows(
    rows: pl.DataFrame | None,
    record: type,
    folder: Path,
    count: Callable[[pl.DataFrame], Mapping[str, int]] = lambda _: {},
) -> dict[str, Any]:
    """Store the rows that arrived in `folder`, an empty table of `record` where none did, and return their counts."""
    table = to_frame(record, []) if rows is None else rows
    table.write_parquet(folder / "rows.parquet")
    return {"rows": table.height, **count(table)}

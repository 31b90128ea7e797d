"""What a month takes in: the release, the notes and the feedback that no earlier month has taken."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from edscribe_pipelines.intake.arrivals import claim_arrivals
from edscribe_pipelines.intake.mimic.release import hash_release


def new_release(release: Path | None, month: str, register: Path) -> str | None:
    """Return the hash of the release that `month` takes, or None."""
    if release is None:
        return None
    content_hash = hash_release(release)
    return content_hash if claim_arrivals(register, "release", [content_hash], month) else None


def new_rows(rows: pl.DataFrame, kind: str, month: str, register: Path) -> pl.DataFrame:
    """Return those of the raw `rows` that `month` takes."""
    claimed = claim_arrivals(register, kind, rows["content_hash"], month)
    return rows.filter(pl.col("content_hash").is_in(list(claimed)))

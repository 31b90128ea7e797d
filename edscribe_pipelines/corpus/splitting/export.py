"""The plan's JSONL: prompt, completion and metadata of a case, and nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from edscribe_pipelines.corpus.splitting.assignment import SPLITS
from edscribe_pipelines.files import write_jsonl


def export_splits(cases: pl.DataFrame, folder: Path) -> None:
    """Write train.jsonl, validation.jsonl and test.jsonl into `folder`, a line at a time."""
    exported = cases.lazy().select("prompt", "completion", "metadata", "split")
    for split in SPLITS:
        rows = exported.filter(pl.col("split") == split).drop("split").collect()
        write_jsonl(folder / f"{split}.jsonl", rows.iter_rows(named=True))

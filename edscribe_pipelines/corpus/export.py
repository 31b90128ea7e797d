"""The plan's JSONL: prompt, completion and metadata of a case, and nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from edscribe_pipelines.corpus.splits import SPLITS
from edscribe_pipelines.files import write_jsonl


def export_splits(cases: pl.DataFrame, folder: Path) -> None:
    """Write train.jsonl, validation.jsonl and test.jsonl into `folder`."""
    for split in SPLITS:
        rows = cases.filter(pl.col("split") == split).select("prompt", "completion", "metadata")
        write_jsonl(folder / f"{split}.jsonl", rows.iter_rows(named=True))

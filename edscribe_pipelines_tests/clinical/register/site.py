"""A site's own tables for tests: bundled rows, some of them changed or alone."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from edscribe_pipelines import tables


def write_table(folder: Path, name: str, rows: Sequence[dict[str, str]]) -> Path:
    """Write the rows as the site's table and return the folder."""
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(tables.bundled_columns(name)))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def site_file(folder: Path, name: str, /, **changed: str) -> Path:
    """Write the bundled table with the given cells in its first row."""
    first, *others = tables.bundled_rows(name)
    return write_table(folder, name, [first | changed, *others])

"""The rules as data: one CSV a subject, one row a rule, each with source, year and status."""

from __future__ import annotations

import csv
import io
from importlib import resources


def read_table(name: str, folder: str = __name__) -> list[dict[str, str]]:
    """Return the rows of one of this folder's CSV files, or of another room's `tables`; cells are strings."""
    text = resources.files(folder).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))

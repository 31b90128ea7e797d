"""The versions of MIMIC-IV-ED whose layout is known, told apart by the headers of their six tables.

A version that nobody has looked at may mean something else by the same column, so taking it in is worse
than refusing it. Layouts: `tables/mimic_releases.csv`.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.tables import read_table

Columns = tuple[str, ...]

NEWEST = "2.2"


@cache
def layouts() -> dict[str, dict[str, Columns]]:
    """Return table -> columns of each version, the newest first."""
    found: dict[str, dict[str, Columns]] = {}
    for row in read_table("mimic_releases.csv", "edscribe_pipelines.intake.mimic.tables"):
        found.setdefault(row["version"], {})[row["table"]] = tuple(row["columns"].split())
    return found


def check_layout(files: Mapping[str, Path]) -> None:
    """Raises BadInput where the six headers are not those of one known version, naming the first file that differs.

    A header is never quoted: a file without one would show its first row.
    """
    fitting = dict(layouts())
    for table, path in files.items():
        header = read_header(path)
        alike = {version: tables for version, tables in fitting.items() if set(tables[table]) == set(header)}
        if not alike:
            raise _other_layout(path, header, next(iter(fitting.values()))[table])
        fitting = alike


def _other_layout(path: Path, header: Columns, expected: Columns) -> BadInput:
    lacking = [column for column in expected if column not in header]
    further = [str(place) for place, column in enumerate(header, start=1) if column not in expected]
    if lacking:
        problem = f"line 1 lacks the column {lacking[0]}"
    elif further:
        problem = f"line 1 has columns of no known version (number {', '.join(further)})"
    else:
        problem = "line 1 names a column twice"
    versions = ", ".join(sorted(layouts()))
    return BadInput(str(path), problem, remedy=f"Expected: {', '.join(expected)}. Known versions: {versions}.")


def read_header(path: Path) -> Columns:
    """Return the cells of the first line. Raises BadInput where there is none."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as stream
        ):
            return tuple(next(csv.reader(stream)))
    except (EOFError, OSError, zlib.error):
        raise not_whole(path) from None
    except (StopIteration, UnicodeDecodeError, csv.Error):
        raise no_table(path) from None


def not_whole(path: Path) -> BadInput:
    return BadInput(str(path), "not a whole gzip file", remedy="Download it again and compare SHA256SUMS.")


def no_table(path: Path) -> BadInput:
    return BadInput(
        str(path), "not a CSV table", remedy="It has to be UTF-8, with as many cells on each line as in the header."
    )

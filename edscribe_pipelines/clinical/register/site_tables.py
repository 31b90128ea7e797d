"""A site's own tables: a folder of CSV files, each in the place of the bundled table of its name.

A file replaces the whole table, so what holds at the site is in one place. It is read only if every row is sound.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from edscribe_pipelines import tables
from edscribe_pipelines.clinical.register.columns import problem_with
from edscribe_pipelines.clinical.register.rows import problem_across, problems_among
from edscribe_pipelines.clinical.register.rules import FIRST_ROW
from edscribe_pipelines.errors import BadInput, BadTables


def load_site_tables(folder: Path | None) -> None:
    """Put the folder's tables in the place of the bundled ones; without a folder the bundled ones hold.

    Raises BadInput where the folder or a file is none of ours, BadTables naming every row that is not sound.
    """
    if folder is None:
        tables.use_site_tables({})
        return
    files = {path.name: path for path in sorted(folder.glob("*.csv"))}
    if not files:
        raise BadInput(
            str(folder), "holds no .csv file", remedy=f"Put a table there, one of: {', '.join(tables.bundled_names())}."
        )
    problems = [f"{name}, {problem}" for name, path in files.items() for problem in table_problems(name, path)]
    if problems:
        raise BadTables(problems)
    tables.use_site_tables(files)


def table_problems(name: str, path: Path) -> Iterator[str]:
    """Yield what is wrong with a table in the place of the bundled `name`: row, column, what would be right."""
    if name not in tables.bundled_names():
        yield f"no table of that name; there are {', '.join(tables.bundled_names())}"
        return
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), strict=True)
        rows, columns = list(reader), list(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error):
        yield "is no CSV in UTF-8"
        return
    wanted = list(tables.bundled_columns(name))
    if not rows or columns != wanted:
        yield f"row 1: the columns must be {', '.join(wanted)}, and one row at least must follow"
        return
    found = [
        f"row {number}, {problem}" for number, row in enumerate(rows, FIRST_ROW) for problem in _row_problems(name, row)
    ]
    yield from found or _table_problems(name, rows)


def _row_problems(name: str, row: dict[str, str]) -> Iterator[str]:
    if None in row or None in row.values():
        yield "has more or fewer cells than the header"
        return
    found = [f"column {column}: {said}" for column, cell in row.items() if (said := problem_with(name, column, cell))]
    yield from found
    if not found and (across := problem_across(name, row)):
        yield f"column {across[0]}: {across[1]}"


def _table_problems(name: str, rows: list[dict[str, str]]) -> Iterator[str]:
    for number, said in problems_among(name, rows):
        yield said if number is None else f"row {number + FIRST_ROW}, {said}"

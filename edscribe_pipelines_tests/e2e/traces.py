"""What a run left behind, as text: also what Parquet, SQLite and zlib hide from a plain search."""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import polars as pl


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every file and folder in `folder`: its name, its bytes and what they decode to."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield name, name
        if path.is_file():
            yield from ((name, text) for text in _contents(path))


def _contents(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    yield content.decode("utf-8", errors="replace")
    if path.suffix == ".parquet":
        yield pl.read_parquet(path).write_json()
    if content.startswith(b"SQLite format 3"):
        yield from _cells(path)


def _cells(database: Path) -> Iterator[str]:
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield "\n".join(_decoded(cell) for cell in row)


def _decoded(cell: object) -> str:
    """Return a cell as text; Dagster deflates the snapshots that it keeps."""
    if not isinstance(cell, bytes):
        return str(cell)
    try:
        return zlib.decompress(cell).decode("utf-8", errors="replace")
    except zlib.error:
        return cell.decode("utf-8", errors="replace")


def find_canaries(texts: Iterable[tuple[str, str]], canaries: Iterable[str]) -> set[tuple[str, str]]:
    """Return (path, canary) for each canary that stands in a text, in letters of any size.

    A number counts where it stands alone: eight digits in a hash or behind a decimal point are chance.
    """
    lowered = {canary: canary.lower() for canary in canaries}
    return {
        (path, canary)
        for path, text in ((path, text.lower()) for path, text in texts)
        for canary, low in lowered.items()
        if low in text and (not low.isdigit() or re.search(rf"(?<![0-9a-f.]){low}(?![0-9a-f])", text))
    }

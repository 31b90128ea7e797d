"""A release's tables as lazy frames in which every cell is a string, and what is wrong with a file that cannot be read.

Polars checks the sum at the end of a gzip file, so a file is whole where it was read to its end.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import polars as pl

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.mimic.cells import categories
from edscribe_pipelines.intake.mimic.layouts import check_layout, no_table, not_whole, read_header
from edscribe_pipelines.intake.mimic.release import BESIDE, TABLES, find_tables

_MOSTLY_UNUSED = frozenset({"medrecon"})
"""Most bytes of a release are medrecon's drug codes and no facts, so they are skipped. Of the other tables all
columns are read, because only then does Polars notice a row with more cells than the header."""

_BLOCK = 1 << 20
_NONE: Mapping[str, Iterable[str]] = MappingProxyType({})


def scan_release(release: Path, repeated: Mapping[str, Iterable[str]] = _NONE) -> dict[str, pl.LazyFrame]:
    """Return each table with `row`, the line of the file (the header is line 1); absent columns are null.

    The `repeated` columns of a table are read as categories, which is faster than as strings.

    Raises BadInput where the headers are of no known version, a row of a plain CSV has fewer cells than its header,
    or there is no stay. Collect the tables within `naming_files_at_fault`, which says what is wrong further down.
    """
    files = find_tables(release)
    check_layout({table: files[table] for table in TABLES})
    _refuse_empty(files["edstays"])
    return {table: _scan(path, table, repeated.get(table, ())) for table, path in files.items()}


def store_release(release: Path, folder: Path) -> dict[str, int]:
    """Write each table to `folder` as Parquet, one after the other, and return their rows.

    Raises BadInput as `scan_release` does, and where a file is damaged.
    """
    files = find_tables(release)
    for table, frame in scan_release(release).items():
        with naming_files_at_fault([files[table]]):
            frame.sink_parquet(folder / f"{table}.parquet", compression_level=1)
    return {table: frame.select(pl.len()).collect().item() for table, frame in scan_stored(folder).items()}


def scan_stored(folder: Path) -> dict[str, pl.LazyFrame]:
    """Return the tables that `store_release` wrote."""
    return {path.stem: pl.scan_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def _refuse_empty(edstays: Path) -> None:
    with naming_files_at_fault([edstays]):
        if pl.scan_csv(edstays, infer_schema=False).head(1).collect().is_empty():
            raise BadInput(str(edstays), "holds no stay", remedy="Is the download complete?")


def _scan(path: Path, table: str, repeated: Iterable[str]) -> pl.LazyFrame:
    columns = {**TABLES, **BESIDE}[table]
    header = read_header(path)
    if path.suffix == ".csv" and table in TABLES:
        _refuse_short_rows(path, len(header))
    absent = [name for name in columns if name not in header]
    if absent and table in BESIDE:
        raise BadInput(str(path), f"line 1 lacks the column {absent[0]}", remedy=f"Expected: {', '.join(columns)}.")
    types = {column: categories() for column in repeated if column in header}
    frame = pl.scan_csv(path, infer_schema=False, schema_overrides=types, row_index_name="row", row_index_offset=2)
    if table in TABLES and table not in _MOSTLY_UNUSED:
        frame = frame.map_batches(lambda rows: rows, projection_pushdown=False, streamable=True)
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent).select("row", *columns)


def _refuse_short_rows(path: Path, cells: int) -> None:
    """Polars fills short rows with nulls in silence, and a plain download that broke off ends in one."""
    with path.open("rb") as lines:
        suspect = any(line.count(b",") < cells - 1 for line in lines)
    if not suspect:
        return
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = csv.reader(stream)
        short = next((rows.line_num for row in rows if 0 < len(row) < cells), None)
    if short:
        raise BadInput(f"{path}, line {short}", "fewer cells than the header", remedy="Is the download complete?")


@contextmanager
def naming_files_at_fault(paths: Iterable[Path]) -> Iterator[None]:
    """Turn what reading `paths` raises into BadInput that names the file which cannot be read."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError):
        for path in paths:
            _refuse_unreadable(path)
        raise


def _refuse_unreadable(path: Path) -> None:
    if path.suffix == ".gz":
        _refuse_cut(path)
    try:
        pl.scan_csv(path, infer_schema=False).select(pl.all().count()).collect(engine="streaming")
    except pl.exceptions.PolarsError:
        raise no_table(path) from None


def _refuse_cut(path: Path) -> None:
    try:
        with gzip.open(path) as stream:
            while stream.read(_BLOCK):
                pass
    except (EOFError, OSError, zlib.error):
        raise not_whole(path) from None

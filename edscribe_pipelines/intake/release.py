"""A MIMIC-IV-ED release as its six tables, every cell a string.

Layout and columns: MIMIC-IV-ED v2.2, Johnson et al., PhysioNet 2023, https://doi.org/10.13026/5ntk-km72
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

import polars as pl

from edscribe_pipelines.clinical.records import DataUse
from edscribe_pipelines.errors import BadInput

_VITALS = ("temperature", "heartrate", "resprate", "o2sat", "sbp", "dbp")

TABLES: dict[str, tuple[str, ...]] = {
    "edstays": (
        "subject_id",
        "hadm_id",
        "stay_id",
        "intime",
        "outtime",
        "gender",
        "race",
        "arrival_transport",
        "disposition",
    ),
    "triage": ("subject_id", "stay_id", *_VITALS, "pain", "acuity", "chiefcomplaint"),
    "vitalsign": ("subject_id", "stay_id", "charttime", *_VITALS, "rhythm", "pain"),
    "medrecon": ("subject_id", "stay_id", "charttime", "name", "gsn", "ndc", "etc_rn", "etccode", "etcdescription"),
    "pyxis": ("subject_id", "stay_id", "charttime", "med_rn", "name", "gsn_rn", "gsn"),
    "diagnosis": ("subject_id", "stay_id", "seq_num", "icd_code", "icd_version", "icd_title"),
}
"""Columns of v2.2, which a release must have; further columns are left out."""

SYNTHETIC_MARK = "SYNTHETIC.txt"
"""A file that `intake.sample` puts into a release of invented patients."""

_BLOCK = 1 << 20


def find_tables(release: Path) -> dict[str, Path]:
    """Return the file of each table. Raises BadInput where one is missing."""
    folder = release / "ed" if (release / "ed").is_dir() else release
    return {table: _find_table(folder, table) for table in TABLES}


def _find_table(folder: Path, table: str) -> Path:
    for name in (f"{table}.csv.gz", f"{table}.csv"):
        if (folder / name).is_file():
            return folder / name
    raise BadInput(
        str(folder / f"{table}.csv.gz"),
        "missing",
        remedy=f"A MIMIC-IV-ED release has the tables {', '.join(TABLES)}; name the folder that holds `ed/`.",
    )


def hash_release(release: Path) -> str:
    """Return the SHA-256 of the six tables' bytes.

    Raises BadInput where a compressed file is cut short or damaged, before anything is taken from it.
    """
    digest = hashlib.sha256()
    for table, path in find_tables(release).items():
        digest.update(table.encode())
        with path.open("rb") as stream:
            for block in iter(lambda: stream.read(_BLOCK), b""):
                digest.update(block)
        if path.suffix == ".gz":
            _check_whole(path)
    return digest.hexdigest()


def _check_whole(path: Path) -> None:
    try:
        with gzip.open(path) as stream:
            while stream.read(_BLOCK):
                pass
    except (EOFError, OSError, zlib.error):
        raise BadInput(str(path), "not a whole gzip file", remedy="Download it again and compare SHA256SUMS.") from None


def data_use_of(release: Path) -> DataUse:
    """Return who may see the release: `credentialed` unless its own files say otherwise."""
    if (release / SYNTHETIC_MARK).is_file():
        return "synthetic"
    licence = release / "LICENSE.txt"
    if licence.is_file() and "Open Database License" in licence.read_text(encoding="utf-8", errors="replace"):
        return "open"
    return "credentialed"


def read_release(release: Path) -> dict[str, pl.DataFrame]:
    """Return each table as strings, with `row`, the line of the file (the header is line 1).

    Raises BadInput naming file and column where a header is wrong, or where there is no stay.
    """
    tables = {table: _read_table(path, TABLES[table]) for table, path in find_tables(release).items()}
    if tables["edstays"].is_empty():
        raise BadInput(str(find_tables(release)["edstays"]), "holds no stay", remedy="Is the download complete?")
    return tables


def _read_table(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    try:
        frame = pl.read_csv(path, infer_schema=False, row_index_name="row", row_index_offset=2)
    except (pl.exceptions.PolarsError, OSError):
        if path.suffix == ".gz":
            _check_whole(path)
        raise BadInput(str(path), "not a CSV table", remedy="Each line needs as many cells as the header.") from None
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise BadInput(str(path), f"line 1 lacks the column {absent[0]}", remedy=f"Expected: {', '.join(columns)}.")
    return frame.select("row", *columns)

"""Where a MIMIC-IV-ED release keeps its tables, who may see it, and whether it is the one taken in before.

Layout: MIMIC-IV-ED, Johnson et al., PhysioNet 2023, https://doi.org/10.13026/5ntk-km72. Beside its `ed/` may stand
`hosp/patients` of MIMIC-IV and `note/discharge` of MIMIC-IV-Note.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from edscribe_pipelines.clinical.records import DataUse
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.mimic.layouts import NEWEST, layouts

TABLES = layouts()[NEWEST]
"""Columns of the newest version. Older ones lack some of them, and then have no values for them."""

BESIDE = {
    "patients": ("subject_id", "anchor_age", "anchor_year"),
    "discharge": ("note_id", "subject_id", "hadm_id", "charttime", "text"),
}
"""The columns used of the tables that may stand beside `ed/`."""

SYNTHETIC_MARK = "SYNTHETIC.txt"
"""A file that `intake.sample` puts into a release of invented patients."""

_FOLDERS = {"patients": "hosp", "discharge": "note"}


def find_tables(release: Path) -> dict[str, Path]:
    """Return the file of each of the six tables, and of those that stand beside `ed/`.

    Raises BadInput where one of the six is missing.
    """
    folder = release / "ed" if (release / "ed").is_dir() else release
    found = {table: _find_table(folder, table) for table in TABLES}
    if not any(found.values()) and (release / "hosp").is_dir():
        raise BadInput(
            str(release),
            "holds hosp/ but no ed/",
            remedy="The stays are in MIMIC-IV-ED, a release of its own: put its ed/ beside hosp/.",
        )
    root = folder.parent if folder.name == "ed" else folder
    beside = {table: _find_table(root / _FOLDERS[table], table) for table in BESIDE}
    six = {table: path or _missing(folder, table) for table, path in found.items()}
    return six | {table: path for table, path in beside.items() if path}


def _find_table(folder: Path, table: str) -> Path | None:
    names = (folder / f"{table}.csv.gz", folder / f"{table}.csv")
    return next((path for path in names if path.is_file()), None)


def _missing(folder: Path, table: str) -> Path:
    raise BadInput(
        str(folder / f"{table}.csv.gz"),
        "missing",
        remedy=f"A MIMIC-IV-ED release has the tables {', '.join(TABLES)}; name the folder that holds `ed/`.",
    )


def hash_release(release: Path) -> str:
    """Return the SHA-256 of the tables' bytes."""
    digest = hashlib.sha256()
    for table, path in find_tables(release).items():
        digest.update(table.encode())
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def data_use_of(release: Path) -> DataUse:
    """Return who may see the release: `credentialed` unless its own files say otherwise.

    No open licence covers discharge summaries.
    """
    if (release / SYNTHETIC_MARK).is_file():
        return "synthetic"
    licence = release / "LICENSE.txt"
    if not licence.is_file() or "discharge" in find_tables(release):
        return "credentialed"
    return (
        "open" if "Open Database License" in licence.read_text(encoding="utf-8", errors="replace") else "credentialed"
    )

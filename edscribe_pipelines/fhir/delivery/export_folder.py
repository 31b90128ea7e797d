"""A month's export, read stay by stay: which resources are a stay's own, which it shares, and their bytes.

`stays.jsonl` names the resources, the NDJSON files hold them. Where each resource is stands in a temporary table of
SQLite, on disk, so that memory does not grow with the month.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.files import read_jsonl

STAYS = "stays.jsonl"


@dataclass(frozen=True)
class Stay:
    """One line of `stays.jsonl`; resources are references ("Encounter/e-1"). `made_by` is the AI Device whose text the
    stay's document holds."""

    stay: str
    patient: str
    data_use: str
    resources: tuple[str, ...]
    shared: tuple[str, ...]
    made_by: str | None


class ExportFolder(ExitStack):
    """The folder of a `fhir_export` result; closes its files on exit."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}
        self._places = sqlite3.connect("")
        self.callback(self._places.close)
        self._places.execute("CREATE TABLE places (reference PRIMARY KEY, start, length) WITHOUT ROWID")
        for path in sorted(folder.glob("*.ndjson")):
            self._files[path.stem] = self.enter_context(path.open("rb"))
            self._places.executemany("INSERT OR IGNORE INTO places VALUES (?, ?, ?)", _places(path))

    def stays(self) -> Iterator[Stay]:
        """Yield the stays in the order of the export. Raises CorpusInvariant where the export has no list of them."""
        if not (self._folder / STAYS).is_file():
            raise CorpusInvariant("fhir_export: it lists no stays. Materialise it again.")
        for _, row in read_jsonl(self._folder / STAYS, STAYS):
            yield _stay(row)

    def read(self, reference: str) -> bytes:
        """Return the JSON of a resource. Raises CorpusInvariant where the export lacks it."""
        place = self._places.execute("SELECT start, length FROM places WHERE reference = ?", (reference,)).fetchone()
        if place is None:
            raise CorpusInvariant("fhir_export: a stay names a resource that no file holds. Materialise it again.")
        file = self._files[reference.partition("/")[0]]
        file.seek(place[0])
        return file.read(place[1])


def _places(path: Path) -> Iterator[tuple[str, int, int]]:
    start = 0
    with path.open("rb") as lines:
        for line in lines:
            yield f"{path.stem}/{orjson.loads(line)['id']}", start, len(line.rstrip())
            start += len(line)


def _stay(row: dict[str, Any]) -> Stay:
    owned, shared = tuple(row["resources"]), tuple(row["shared"])
    return Stay(row["stay"], row["patient"], row["data_use"], owned, shared, row["made_by"])

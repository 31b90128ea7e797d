"""NDJSON, one file a resource type, as bulk imports of FHIR servers read it.

A stay is validated before it is written, and its references reach no further than itself and what stays
share; so memory holds the shared ids, not the corpus.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.fhir.composition import Note
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import Problem, reference_to, validate_resources

_SHARED = {"Patient", "Device"}
_ONCE = {"Patient", "Device", "Encounter", "Composition"}
"""Types whose ids are remembered: the shared ones, and those whose repetition means a stay came twice."""


class NdjsonFolder(ExitStack):
    """A folder of NDJSON files that takes valid stays; closes its files on exit."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}
        self._counts: Counter[str] = Counter()
        self._known: set[str] = set()

    def counts(self) -> dict[str, int]:
        return dict(sorted(self._counts.items()))

    def write_stay(self, encounter: dict[str, Any], note: Note | None) -> list[Problem]:
        """Write the resources of one stay, or none of them and return what is wrong."""
        if encounter.get("phi_gate", "pass") != "pass":
            return [Problem("Encounter", encounter["encounter_id"], "phi-gate")]
        rows = [row for row in stay_resources(encounter, note) if not self._is_shared_and_written(row)]
        problems = validate_resources(rows, self._known)
        if not problems:
            for row in rows:
                self._write(row)
        return problems

    def _is_shared_and_written(self, resource: Resource) -> bool:
        return resource["resourceType"] in _SHARED and reference_to(resource) in self._known

    def _write(self, resource: Resource) -> None:
        kind = resource["resourceType"]
        if kind not in self._files:
            self._files[kind] = self.enter_context((self._folder / f"{kind}.ndjson").open("wb"))
        self._files[kind].write(orjson.dumps(resource, option=orjson.OPT_APPEND_NEWLINE))
        self._counts[kind] += 1
        if kind in _ONCE:
            self._known.add(reference_to(resource))


def merge_folders(parts: list[Path], target: Path) -> dict[str, int]:
    """Write the NDJSON of several folders as one, in order, and return the number of each type.

    What stays share stands once, as in the first part that has it. Raises CorpusInvariant where anything else
    that must stand once stands in two parts.
    """
    kinds = sorted({path.stem for part in parts for path in part.glob("*.ndjson")})
    return {kind: _merge_kind([part / f"{kind}.ndjson" for part in parts], target, kind) for kind in kinds}


def _merge_kind(files: list[Path], target: Path, kind: str) -> int:
    count, known = 0, set[str]()
    with (target / f"{kind}.ndjson").open("wb") as merged:
        for path in filter(Path.exists, files):
            with path.open("rb") as lines:
                for line in lines:
                    if kind not in _ONCE or _is_new(line, kind, known):
                        merged.write(line)
                        count += 1
    return count


def _is_new(line: bytes, kind: str, known: set[str]) -> bool:
    identity = orjson.loads(line)["id"]
    if identity in known and kind not in _SHARED:
        raise CorpusInvariant(f"FHIR export: a stay gave its {kind} twice. Nothing was stored.")
    is_new = identity not in known
    known.add(identity)
    return is_new

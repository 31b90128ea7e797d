"""NDJSON, one file a resource type, as bulk imports of FHIR servers read it.

A stay is validated before it is written, and its references reach no further than itself and what stays
share; so memory holds the shared ids, not the corpus.
"""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.fhir.ai_transparency import is_of_a_model
from edscribe_pipelines.fhir.documents import device_reference
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.note import Note
from edscribe_pipelines.fhir.resources import stay_id, stay_resources
from edscribe_pipelines.fhir.validation import Problem, reference_to, validate_resources

STAYS = "stays.jsonl"
"""Which resources each stay has, for what sends them on: a line per stay."""
_BUFFER = 1 << 20
"""Bytes of each type that wait to be written."""
_SHARED = {"Patient", "Device"}
_ONCE = {*_SHARED, "Encounter", "Composition"}
"""Types whose ids are remembered: the shared ones, and those whose repetition means a stay came twice."""
_MAY_RECUR = {*_ONCE, "DocumentReference"}


def is_shared(resource: Resource) -> bool:
    """Whether several stays may have the resource: it is about a patient as such, or about what wrote notes."""
    return resource["resourceType"] in _SHARED or is_of_a_model(resource)


def _comes_once(resource: Resource) -> bool:
    return resource["resourceType"] in _ONCE or is_of_a_model(resource)


class NdjsonFolder(ExitStack):
    """A folder of NDJSON files that takes valid stays; closes its files on exit. `lists_stays` adds `STAYS`."""

    def __init__(self, folder: Path, *, lists_stays: bool = False) -> None:
        super().__init__()
        self._folder = folder
        self._stays = self.enter_context((folder / STAYS).open("wb")) if lists_stays else None
        self._files: dict[str, BinaryIO] = {}
        self._counts: Counter[str] = Counter()
        self._known: set[str] = set()

    def counts(self) -> dict[str, int]:
        return dict(sorted(self._counts.items()))

    def write_stay(self, encounter: dict[str, Any], note: Note | None) -> list[Problem]:
        """Write the resources of one stay, or none of them and return what is wrong."""
        if encounter.get("phi_gate", "pass") != "pass":
            return [Problem("Encounter", encounter["encounter_id"], "phi-gate")]
        resources = stay_resources(encounter, note)
        rows = [row for row in resources if not self._is_shared_and_written(row)]
        lines = [orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows]
        problems = validate_resources(rows, self._known, lines)
        if not problems:
            for row, line in zip(rows, lines, strict=True):
                self._write(row, line)
            if self._stays:
                self._stays.write(orjson.dumps(_listed(encounter, note, resources), option=orjson.OPT_APPEND_NEWLINE))
        return problems

    def _is_shared_and_written(self, resource: Resource) -> bool:
        return is_shared(resource) and reference_to(resource) in self._known

    def _write(self, resource: Resource, line: bytes) -> None:
        kind = resource["resourceType"]
        if kind not in self._files:
            path = self._folder / f"{kind}.ndjson"
            self._files[kind] = self.enter_context(path.open("wb", buffering=_BUFFER))
        self._files[kind].write(line)
        self._counts[kind] += 1
        if _comes_once(resource):
            self._known.add(reference_to(resource))


def _listed(encounter: dict[str, Any], note: Note | None, resources: list[Resource]) -> dict[str, Any]:
    references: dict[bool, list[str]] = {True: [], False: []}
    for resource in resources:
        references[is_shared(resource)].append(reference_to(resource))
    return {
        "stay": stay_id(encounter),
        "patient": encounter["patient_key"],
        "data_use": encounter["data_use"],
        "made_by": device_reference(note)["reference"] if note and note.holds_text_of_model else None,
        "resources": references[False],
        "shared": references[True],
    }


def merge_folders(parts: list[Path], target: Path) -> dict[str, int]:
    """Write the NDJSON of several folders as one, in order, with their lists of stays, and return the number of each
    type.

    What stays share stands once, as in the first part that has it. Raises CorpusInvariant where anything else
    that must stand once stands in two parts.
    """
    with (target / STAYS).open("wb") as stays:
        for part in parts:
            with (part / STAYS).open("rb") as listed:
                shutil.copyfileobj(listed, stays)
    kinds = sorted({path.stem for part in parts for path in part.glob("*.ndjson")})
    return {kind: _merge_kind([part / f"{kind}.ndjson" for part in parts], target, kind) for kind in kinds}


def _merge_kind(files: list[Path], target: Path, kind: str) -> int:
    count, known = 0, set[str]()
    with (target / f"{kind}.ndjson").open("wb") as merged:
        for path in filter(Path.exists, files):
            with path.open("rb") as lines:
                for line in lines:
                    if kind not in _MAY_RECUR or _is_new(line, known):
                        merged.write(line)
                        count += 1
    return count


def _is_new(line: bytes, known: set[str]) -> bool:
    resource = orjson.loads(line)
    if not _comes_once(resource):
        return True
    is_new = resource["id"] not in known
    if not is_new and not is_shared(resource):
        raise CorpusInvariant(f"FHIR export: a stay gave its {resource['resourceType']} twice. Nothing was stored.")
    known.add(resource["id"])
    return is_new

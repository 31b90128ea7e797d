"""Exports of invented stays, and the servers that they are delivered to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import orjson

from edscribe_pipelines.fhir.delivery.content import content_hash
from edscribe_pipelines.fhir.delivery.export_folder import STAYS
from edscribe_pipelines.fhir.export import export_ndjson
from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import reference_to
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.invented import rendered_note, stay
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade

MONTH = "2026-03"
_READ_AT_ONCE = 200
DOCUMENTS = ("Composition", "Provenance")


def invented(prefix: str, count: int, **changes: Any) -> list[dict[str, Any]]:
    """Return `count` stays; every third patient comes twice."""
    return [
        stay(encounter_id=f"e-{prefix}-{number}", patient_key=f"p-{prefix}-{number - number % 3 // 2}", **changes)
        for number in range(count)
    ]


def write_export(folder: Path, stays: Sequence[dict[str, Any]], device: str | None = None) -> Path:
    """Write the export of `stays`, each with a note, and its list of stays; `device`, the id of an AI Device, has made
    the notes, each otherwise a template."""
    folder.mkdir(parents=True, exist_ok=True)
    notes = {row["encounter_id"]: _note(row["encounter_id"], device) for row in stays}
    export_ndjson(stays, notes, folder)
    if device is not None:
        for path in folder.glob("*.ndjson"):
            path.write_bytes(path.read_bytes().replace(b"edscribe-model", device.encode()))
    lines = [_listed(row, notes[row["encounter_id"]], device) for row in stays]
    (folder / STAYS).write_bytes(b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines))
    return folder


def _note(encounter_id: str, device: str | None) -> Any:
    by = {"note_origin": "model", "tier": "drafted"} if device else {}
    return rendered_note(case_id=f"{encounter_id}-note", **by)


def _listed(row: dict[str, Any], note: Any, device: str | None) -> dict[str, Any]:
    references = [reference_to(resource) for resource in stay_resources(row, note)]
    shared = [name for name in references if name.startswith(("Patient/", "Device/"))]
    renamed = [name.replace("edscribe-model", device) if device else name for name in shared]
    return {
        "stay": row["encounter_id"],
        "patient": row["patient_key"],
        "data_use": row["data_use"],
        "resources": [name for name in references if name not in shared],
        "shared": renamed,
        "made_by": f"Device/{device}" if device else None,
    }


def resources_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield every resource of an export."""
    for path in sorted(folder.glob("*.ndjson")):
        yield from map(orjson.loads, path.read_bytes().splitlines())


def hashes_of(*folders: Path) -> dict[str, str]:
    """Return the hash of the content of each resource of exports, by reference."""
    return {reference_to(row): content_hash(row) for folder in folders for row in resources_of(folder)}


def held_by(base: str, references: Sequence[str]) -> dict[str, str]:
    """Return the hash of the content of each of `references` that a server holds."""
    held = {}
    with httpx2.Client(timeout=60, headers={"Content-Type": "application/fhir+json"}) as client:
        for start in range(0, len(references), _READ_AT_ONCE):
            names = references[start : start + _READ_AT_ONCE]
            entries = [{"request": {"method": "GET", "url": name}} for name in names]
            answer = client.post(base, json={"resourceType": "Bundle", "type": "batch", "entry": entries}).json()
            for name, entry in zip(names, answer["entry"], strict=True):
                if entry["response"]["status"].startswith("200"):
                    held[name] = content_hash(entry["resource"])
    return held


def settings_for(store: Path, target: str, **changes: Any) -> Settings:
    return Settings(store=store, phi_store=store.with_name("phi"), fhir_target=target, **changes)


def google_settings(store: Path, facade: Facade, target: str = "", **changes: Any) -> Settings:
    """Return settings for the facade's store, by a static token."""
    return settings_for(store, target or facade.store, fhir_root=facade.url, fhir_token=facade.token, **changes)

"""Exports of invented stays, and the servers that they are delivered to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import orjson

from edscribe_pipelines.fhir.ai_transparency import device_id
from edscribe_pipelines.fhir.delivery.content import content_hash
from edscribe_pipelines.fhir.export import export_ndjson
from edscribe_pipelines.fhir.models import Model, sha256
from edscribe_pipelines.fhir.validation import reference_to
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.invented import ADAPTER, drafted_note, rendered_note, stay
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade

MONTH = "2026-03"
_READ_AT_ONCE = 200
DOCUMENTS = ("Composition", "DocumentReference", "Provenance")


def invented(prefix: str, count: int, **changes: Any) -> list[dict[str, Any]]:
    """Return `count` stays; every third patient comes twice."""
    return [
        stay(encounter_id=f"e-{prefix}-{number}", patient_key=f"p-{prefix}-{number - number % 3 // 2}", **changes)
        for number in range(count)
    ]


def write_export(folder: Path, stays: Sequence[dict[str, Any]], adapter: str | None = None) -> Path:
    """Write the export of `stays`, each with a note; an `adapter` has made the notes, otherwise a template."""
    folder.mkdir(parents=True, exist_ok=True)
    note = drafted_note(model=model_of(adapter)) if adapter else rendered_note()
    export_ndjson(stays, {row["encounter_id"]: note for row in stays}, folder)
    return folder


def model_of(adapter: str) -> Model:
    """Return an adapter of that name; all of them were told the same."""
    return replace(ADAPTER, name=adapter, version=sha256(adapter), card=f"# {adapter}")


def hash_of(adapter: str) -> str:
    """Return the beginning of an adapter's hash, as one gives it on the command line."""
    return sha256(adapter)[:12]


def device_of(adapter: str) -> str:
    return f"Device/{device_id(model_of(adapter))}"


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

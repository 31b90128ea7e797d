"""What is asked of a target before anything is sent: that it is there, speaks R4, takes our ids and our credentials.

Google says it of a store (fhirStores.get), every server in its CapabilityStatement (`/metadata`). Google's quota is in
its console alone; servers that tell a rate limit do so in headers (`RateLimit`, `X-RateLimit-…`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.replies import CUT, Reply
from edscribe_pipelines.fhir.delivery.sending import PATIENCE, Patience, ask
from edscribe_pipelines.fhir.delivery.target import SETTING, Target
from edscribe_pipelines.fhir.delivery.wire import Wire, open_wire
from edscribe_pipelines.settings import Settings

_R4 = "4.0"
_SENT_TYPES = ("Patient", "Encounter", "Observation", "Composition", "Provenance")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `remedy` where it is not as it must be."""

    what: str
    is_well: bool
    remedy: str = ""


@dataclass(frozen=True)
class Preflight:
    """What a target says of itself. `bundle_type` is what it takes: transaction, or batch where it has no other."""

    findings: tuple[Finding, ...]
    bundle_type: str

    def require(self) -> None:
        """Raise BadInput with the first finding that is not well."""
        for finding in self.findings:
            if not finding.is_well:
                raise BadInput(SETTING, f"{finding.what}: no", remedy=finding.remedy)


def run_preflight(target: Target, settings: Settings, patience: Patience = PATIENCE) -> Preflight:
    """Return what the target says of itself. Raises BadInput where credentials for Google are missing."""

    async def run() -> Preflight:
        async with open_wire(target, settings) as wire:
            return await examine(wire, target, patience)

    return examine_folder(target) if target.kind == "folder" else asyncio.run(run())


def examine_folder(target: Target) -> Preflight:
    folder = Path(target.base)
    is_well = not folder.exists() or folder.is_dir()
    return Preflight((Finding("is a folder", is_well, "Name a folder."),), target.limits.bundle_type)


async def examine(wire: Wire, target: Target, patience: Patience = PATIENCE) -> Preflight:
    """Return what a server says of itself."""
    if target.kind == "google":
        reply = await ask(wire, target, f"{target.root}/v1/{target.store}", patience)
        findings = _reached(reply)
        return Preflight((*findings, *(_google(reply.json() or {}) if reply.status == 200 else ())), "transaction")
    reply = await ask(wire, target, f"{target.base}/metadata", patience)
    statement = reply.json() if reply.status == 200 else None
    if not isinstance(statement, dict):
        return Preflight(_reached(reply), target.limits.bundle_type)
    rest = (statement.get("rest") or [{}])[0]
    return Preflight((*_reached(reply), *_r4(statement), *_update_create(rest), *_quota(reply)), _bundle_type(rest))


def _reached(reply: Reply) -> tuple[Finding, ...]:
    return (
        Finding("answers", reply.status != CUT, "Check the address and the network."),
        Finding("takes the credentials", reply.status not in (401, 403), "Give EDSCRIBE_FHIR_TOKEN, or log in."),
        Finding("the store exists", reply.status not in (404, 410), "Create it, or mend its name."),
        Finding(f"describes itself (HTTP {reply.status})", reply.status == 200, "Ask who runs it."),
    )


def _google(store: dict[str, Any]) -> tuple[Finding, ...]:
    remedy = "gcloud healthcare fhir-stores update STORE --dataset=D --location=L --enable-update-create"
    return (
        Finding("is an R4 store", store.get("version") == "R4", "Create one with --version=R4."),
        Finding("update-create is on", store.get("enableUpdateCreate") is True, remedy),
    )


def _r4(statement: dict[str, Any]) -> tuple[Finding, ...]:
    said = str(statement.get("fhirVersion"))
    return (Finding("is an R4 server", said.startswith(_R4), "Name the R4 (4.0.1) address of the server."),)


def _update_create(rest: dict[str, Any]) -> tuple[Finding, ...]:
    """Return a finding only where the server says: R4 lets it leave `updateCreate` out."""
    said = {resource.get("type"): resource.get("updateCreate") for resource in rest.get("resource", [])}
    refused = [kind for kind in _SENT_TYPES if said.get(kind) is False]
    return (Finding("update-create is on", not refused, "Have the server take ids that its clients choose."),)


def _bundle_type(rest: dict[str, Any]) -> str:
    codes = {interaction.get("code") for interaction in rest.get("interaction", [])}
    return "batch" if "batch" in codes and "transaction" not in codes else "transaction"


def _quota(reply: Reply) -> tuple[Finding, ...]:
    told = {name: text for name, text in reply.headers.items() if "ratelimit" in name.replace("-", "")}
    return tuple(Finding(f"tells a rate limit, {name}: {text}", True) for name, text in sorted(told.items()))

"""GCS and `fhirStores.import`: a month's files put into a bucket, imported by Google, followed to the end, checked.

An import overwrites by id, so one that was killed is begun again. It checks no references and rolls nothing back, it
adds no version to a resource's history, and it fires no Pub/Sub or BigQuery event (Cloud Healthcare API,
fhirStores.import, read in 2026). So after an import that failed in part, every resource of it is read back.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path
from typing import Any

import orjson

from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry
from edscribe_pipelines.fhir.delivery.content import references_in
from edscribe_pipelines.fhir.delivery.dead_letters import DeadLetters
from edscribe_pipelines.fhir.delivery.folder_target import NdjsonFiles, mark_all
from edscribe_pipelines.fhir.delivery.planning import Plan
from edscribe_pipelines.fhir.delivery.reading_back import compare
from edscribe_pipelines.fhir.delivery.replies import outcome_saying
from edscribe_pipelines.fhir.delivery.sending import Patience, Sent, ask
from edscribe_pipelines.fhir.delivery.staging import Staging
from edscribe_pipelines.fhir.delivery.target import GOOGLE_ROOT, SETTING, Target
from edscribe_pipelines.fhir.delivery.wire import Wire

_log = logging.getLogger(__name__)

_LOGGING_ROOT = "https://logging.googleapis.com"
_FIRST_POLL, _LONGEST_POLL = 1.0, 30.0
"""Seconds between two questions whether an import has ended."""

_LOG_PAGE = 1_000


async def import_month(
    wire: Wire, target: Target, staging: Staging, plan: Plan, letters: DeadLetters, patience: Patience
) -> Sent:
    """Import what `plan` sends. An import that a killed run has begun is followed to its end first.

    Raises StageFailed where Google ends the import with an error; the next call begins it again.
    """
    if begun := plan.ledger.open_import(plan.month):
        await _finish(wire, target, staging, plan, letters, begun, patience)
    sent = Sent()
    plan.coming = plan.survey.shared
    digest = mark_all(plan, sent)
    if sent.done:
        folder = _upload(plan, staging, f"{plan.month}-{digest}")
        operation = await _begin(wire, target, folder, patience)
        plan.ledger.begin_import(plan.month, folder, operation)
        failed = await _finish(wire, target, staging, plan, letters, (folder, operation), patience)
        sent.types.subtract(reference.partition("/")[0] for reference in failed)
        sent.refused, sent.requests = len(failed), 1
    return sent


def _upload(plan: Plan, staging: Staging, name: str) -> str:
    plan.counts.clear()
    data_uses = set[str]()
    with tempfile.TemporaryDirectory() as folder:
        with NdjsonFiles(Path(folder)) as files:
            for entries in plan.all():
                data_uses |= {entry.data_use for entry in entries}
                files.write(entries)
        return staging.upload(Path(folder), name, data_uses)


async def _begin(wire: Wire, target: Target, folder: str, patience: Patience) -> str:
    """Return the name of the operation. Without RESOURCE Google would take each line for a bundle."""
    body = orjson.dumps({"contentStructure": "RESOURCE", "gcsSource": {"uri": folder}})
    reply = await ask(wire, target, f"{target.root}/v1/{target.store}:import", patience, body)
    if reply.status != 200:
        raise StageFailed(f"{SETTING}: Google does not begin the import (HTTP {reply.status}). `edscribe fhir check`.")
    return str(reply.json()["name"])


async def _finish(
    wire: Wire,
    target: Target,
    staging: Staging,
    plan: Plan,
    letters: DeadLetters,
    begun: tuple[str, str],
    patience: Patience,
) -> tuple[str, ...]:
    """Follow an import to its end, write down what came of it, and return the references that failed."""
    folder, operation = begun
    ended = await _followed(wire, target, operation, patience)
    failed: tuple[str, ...] = ()
    if "error" in ended or _failures(ended):
        failed = await _read_back(wire, target, plan, patience)
        said = await _error_log(wire, target, operation, patience)
        _refuse(plan, letters, failed, said)
    plan.ledger.confirm_month(plan.month)
    plan.ledger.end_import(plan.month)
    staging.remove(folder)
    if "error" in ended:
        raise StageFailed(f"{SETTING}: Google ended the import with code {ended['error'].get('code')}. Run again.")
    return failed


async def _followed(wire: Wire, target: Target, operation: str, patience: Patience) -> dict[str, Any]:
    wait = _FIRST_POLL
    while True:
        reply = await ask(wire, target, f"{target.root}/v1/{operation}", patience)
        if reply.status != 200:
            raise StageFailed(f"{SETTING}: the import cannot be followed (HTTP {reply.status}). Run again to go on.")
        answer: dict[str, Any] = reply.json()
        if answer.get("done"):
            return answer
        await asyncio.sleep(wait)
        wait = min(_LONGEST_POLL, wait * 1.5)


def _failures(ended: dict[str, Any]) -> int:
    return int(ended.get("metadata", {}).get("counter", {}).get("failure", 0))


async def _read_back(wire: Wire, target: Target, plan: Plan, patience: Patience) -> tuple[str, ...]:
    """Return which resources of the import the store does not hold as they were sent."""
    rows = list(plan.ledger.rows("state = 'sending' AND month = ?", plan.month))
    absent, differing = await compare(wire, target, rows, patience)
    return (*absent, *differing)


async def _error_log(wire: Wire, target: Target, operation: str, patience: Patience) -> list[str]:
    """Return the entries that Cloud Logging has of the import's errors, as JSON; as far as it answers."""
    root = _LOGGING_ROOT if target.root == GOOGLE_ROOT else target.root
    project = "/".join(target.store.split("/")[:2])
    query = {"resourceNames": [project], "filter": f'operation.id="{operation}" AND severity>=ERROR'}
    said, page = list[str](), {"nextPageToken": ""}
    while "nextPageToken" in page:
        asked = {**query, "pageSize": _LOG_PAGE} | ({"pageToken": page["nextPageToken"]} if said else {})
        reply = await ask(wire, target, f"{root}/v2/entries:list", patience, orjson.dumps(asked))
        if reply.status != 200:
            _log.warning("the error log of the import could not be read (HTTP %d)", reply.status)
            return said
        page = reply.json()
        said += [orjson.dumps(entry.get("jsonPayload", {})).decode() for entry in page.get("entries", [])]
    return said


def _refuse(plan: Plan, letters: DeadLetters, failed: tuple[str, ...], said: list[str]) -> None:
    """Write the dead letters of an import, each with what the log says of it, and count what now refers to nothing."""
    lost = set(failed)
    for entries in plan.all():
        refused = [entry for entry in entries if entry.reference in lost]
        plan.counts["dangling"] += sum(_refers_to(entry, lost) for entry in entries if entry.reference not in lost)
        if refused:
            plan.ledger.fail(refused)
            outcomes = [(entry, 400, outcome_saying(_about(entry, said))) for entry in refused]
            letters.add(Bundle("batch", tuple(refused)), outcomes)


def _about(entry: Entry, said: list[str]) -> str:
    return next((text for text in said if entry.reference in text), "the import left it out; its log does not say why")


def _refers_to(entry: Entry, lost: set[str]) -> bool:
    return any(reference in lost for reference in references_in(orjson.loads(entry.body or b"null")))

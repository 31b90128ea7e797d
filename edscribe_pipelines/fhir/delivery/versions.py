"""Puts one new version of some resources on a target, outside any month's export: a signature, an amendment, a
retraction.

The ledger keeps why (`origin`), so that no export of the same or an earlier month writes over them.
"""

from __future__ import annotations

import asyncio

import orjson

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry, Origin
from edscribe_pipelines.fhir.delivery.content import content_hash
from edscribe_pipelines.fhir.delivery.ledger import Ledger, Row, open_ledger
from edscribe_pipelines.fhir.delivery.preflight import examine
from edscribe_pipelines.fhir.delivery.replies import Reply
from edscribe_pipelines.fhir.delivery.sending import PATIENCE, Patience, Sender, ask
from edscribe_pipelines.fhir.delivery.target import SETTING, Target
from edscribe_pipelines.fhir.delivery.wire import open_wire
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.validation import reference_to
from edscribe_pipelines.settings import Settings


def put_versions(
    resources: list[Resource], origin: Origin, settings: Settings, target: Target, patience: Patience = PATIENCE
) -> dict[str, str | None]:
    """Put `resources` of one stay in one transaction and return the server's version of each by its reference.

    The first must have been delivered; what is new beside it, a second Provenance, counts as of the same stay. Raises
    BadInput where the first is not on the target, StageFailed where the target refuses; then nothing has changed there.
    """
    with open_ledger(settings.store, target.name) as ledger:
        entries = tuple(_entries(resources, origin, ledger))
        asyncio.run(_put(entries, ledger, settings, target, patience))
        rows = {entry.reference: ledger.find(entry.reference) for entry in entries}
    return {reference: row.version if row else None for reference, row in rows.items()}


def delivered(reference: str, settings: Settings, target: Target, patience: Patience = PATIENCE) -> Resource:
    """Return a resource as the target holds it. Raises BadInput where it holds none."""

    async def read() -> Reply:
        async with open_wire(target, settings) as wire:
            return await ask(wire, target, f"{target.base}/{reference}", patience)

    reply = asyncio.run(read())
    if reply.status == 200 and isinstance(resource := reply.json(), dict):
        return resource
    if reply.status == 410:
        raise BadInput(SETTING, "the resource was withdrawn")
    if reply.status in (404, 400):
        raise BadInput(SETTING, "the resource is not there", remedy="Deliver its month first: `edscribe fhir send`.")
    raise BadInput(
        SETTING, f"the target does not answer (HTTP {reply.status})", remedy="Ask it: `edscribe fhir check`."
    )


def _entries(resources: list[Resource], origin: Origin, ledger: Ledger) -> list[Entry]:
    first = _standing(reference_to(resources[0]), ledger)
    entries = []
    for resource in resources:
        row = ledger.find(reference_to(resource)) or first
        body, sha256 = orjson.dumps(resource), content_hash(resource)
        about = (row.month, row.data_use, row.stay, row.patient, row.made_by)
        entries.append(Entry(reference_to(resource), body, sha256, *about, origin=origin))
    return entries


def _standing(reference: str, ledger: Ledger) -> Row:
    row = ledger.find(reference)
    if row is None or row.is_withdrawn or not row.is_on_target:
        raise BadInput(SETTING, "the document is not there", remedy="Deliver its month first: `edscribe fhir send`.")
    return row


async def _put(
    entries: tuple[Entry, ...], ledger: Ledger, settings: Settings, target: Target, patience: Patience
) -> None:
    refused: list[object] = []
    async with open_wire(target, settings) as wire:
        preflight = await examine(wire, target, patience)
        preflight.require()
        sender = Sender(wire, target, ledger, lambda _, said: refused.extend(said), settings.fhir_concurrency, patience)
        await sender.send_all([Bundle(preflight.bundle_type, entries)])
    if refused:
        raise StageFailed(f"{SETTING}: the target refuses the new version of {len(refused)} resources.")

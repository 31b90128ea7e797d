"""What a target holds that its ledger does not know: the ledger was lost, or the same server has another name now.

Nothing is doubled by sending again, as every id is our own; but a signature would be written over, and what was
withdrawn would come back. So a target whose ledger knows none of a month is asked for a few of its stays, and where one
is there, or was, for all that may go there: a document that is no draft any more, and what is gone, goes into the
ledger as what it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from edscribe_pipelines.fhir.delivery.bundles import Entry, Origin
from edscribe_pipelines.fhir.delivery.content import content_hash
from edscribe_pipelines.fhir.delivery.export_folder import Stay
from edscribe_pipelines.fhir.delivery.planning import Plan
from edscribe_pipelines.fhir.delivery.replies import Reply
from edscribe_pipelines.fhir.delivery.sending import Patience, ask
from edscribe_pipelines.fhir.delivery.target import Target
from edscribe_pipelines.fhir.delivery.wire import Wire

_LOOKED_AT, _AT_ONCE = 20, 8
"""Stays that are looked at before all are, and questions that are asked at once."""
_GONE = 410
_TELLING = ("Encounter", "Composition", "DocumentReference")
_BY_STATUS: dict[str, Origin] = {"final": "sign", "amended": "amend", "entered-in-error": "retract"}


async def adopt(wire: Wire, target: Target, plan: Plan, patience: Patience) -> int:
    """Write into the ledger what the target says of a month that the ledger does not know; return how many resources
    that are no drafts, or are gone."""
    may_go = [stay for stay in plan.export.stays() if stay.patient not in plan.survey.bound]
    unknown = (stay for stay in may_go if not any(map(plan.ledger.find, stay.resources)))
    first = list(islice(unknown, _LOOKED_AT))
    replies = await _ask_all(wire, target, (_entry(f"Encounter/{stay.stay}", stay, plan) for stay in first), patience)
    if all(reply.status not in (200, _GONE) for _, reply in replies):
        return 0
    asked = {entry.reference: entry for stay in may_go for entry in _told_by(stay, plan)}
    new = (entry for entry in asked.values() if plan.ledger.find(entry.reference) is None)
    replies = await _ask_all(wire, target, new, patience)
    adopted = [(found, _version(reply)) for entry, reply in replies if (found := _as_it_is(entry, reply))]
    plan.ledger.mark(entry for entry, _ in adopted)
    plan.ledger.confirm(adopted)
    return len(adopted)


def _told_by(stay: Stay, plan: Plan) -> Iterator[Entry]:
    """Yield the resources of a stay that tell what became of it: its documents, and what could be withdrawn."""
    for reference in (*stay.resources, *stay.shared):
        if reference in stay.shared or reference.partition("/")[0] in _TELLING:
            yield _entry(reference, stay, plan)


def _entry(reference: str, stay: Stay, plan: Plan) -> Entry:
    own = None if reference in stay.shared else stay.stay
    return Entry(
        reference, None, "", plan.month, stay.data_use, own, stay.patient, None if own is None else stay.made_by
    )


async def _ask_all(
    wire: Wire, target: Target, entries: Iterable[Entry], patience: Patience
) -> list[tuple[Entry, Reply]]:
    places = asyncio.Semaphore(_AT_ONCE)

    async def read(entry: Entry) -> tuple[Entry, Reply]:
        async with places:
            return entry, await ask(wire, target, f"{target.base}/{entry.reference}", patience)

    return list(await asyncio.gather(*map(read, entries)))


def _as_it_is(entry: Entry, reply: Reply) -> Entry | None:
    """Return what the ledger is to know of a resource, None where an export may write it."""
    if reply.status == _GONE:
        return replace(entry, origin="withdraw")
    said = reply.json() if reply.status == 200 else None
    if not isinstance(said, dict):
        return None
    status = said.get("docStatus") if said.get("resourceType") == "DocumentReference" else said.get("status")
    origin = _BY_STATUS.get(str(status))
    return replace(entry, origin=origin, body=b"", sha256=content_hash(said)) if origin else None


def _version(reply: Reply) -> str | None:
    said = reply.json() if reply.status == 200 else None
    return said.get("meta", {}).get("versionId") if isinstance(said, dict) else None

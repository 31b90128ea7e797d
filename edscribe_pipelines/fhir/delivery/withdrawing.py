"""Recalls what was delivered: all of a patient, of a month's export or of an adapter, and nothing of another's.

The ledger says what that is; for an adapter the server is asked too, `Provenance?agent=Device/X`, so that what a lost
ledger does not know is found. Resources are deleted stay by stay, in one transaction where they refer to each other,
and then what was shared by them alone. `withdrawing` stands in the ledger before the first deletion, so a killed recall
is gone on with by the same command, and no later delivery brings any of it back.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any, Literal

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry, pack_batches, pack_stays
from edscribe_pipelines.fhir.delivery.content import references_in
from edscribe_pipelines.fhir.delivery.dead_letters import dead_letters_of
from edscribe_pipelines.fhir.delivery.folder_target import delete_from
from edscribe_pipelines.fhir.delivery.ledger import Ledger, Row, open_ledger
from edscribe_pipelines.fhir.delivery.preflight import examine
from edscribe_pipelines.fhir.delivery.searching import pages
from edscribe_pipelines.fhir.delivery.sending import PATIENCE, Patience, Sender, ask
from edscribe_pipelines.fhir.delivery.target import Target
from edscribe_pipelines.fhir.delivery.wire import Wire, open_wire
from edscribe_pipelines.settings import Settings

By = Literal["patient", "export", "adapter"]

_NAMES = {"patient": "patient", "export": "month"}
_LETTERS = "withdrawn"
"""What stands for the month in the name of a recall's dead letters."""


def withdraw(by: By, key: str, settings: Settings, target: Target, patience: Patience = PATIENCE) -> dict[str, int]:
    """Delete from `target` what a patient (key), an export (YYYY-MM) or an adapter (hash) has there, and return how
    many resources of each type are gone; `refused` are those that the target did not delete.

    Raises BadInput where the ledger knows no such patient, month or adapter.
    """
    key = key.removeprefix("Patient/")
    with open_ledger(settings.store, target.name) as ledger:
        if by != "adapter" and next(ledger.rows(f"{_column(by)} = ?", key), None) is None:
            raise BadInput(
                f"--{by}", f"no such {_NAMES[by]} was delivered there", remedy="`edscribe fhir send` says what was."
            )
        if target.kind == "folder":
            return _from_folder(by, key, ledger, target)
        return asyncio.run(_from_server(by, key, ledger, settings, target, patience))


def _from_folder(by: By, key: str, ledger: Ledger, target: Target) -> dict[str, int]:
    device = _device_by_id(key, ledger.devices()) if by == "adapter" else key
    shared = [_shared_deletion(by, row) for row in _alone_shared(by, device, ledger)]
    entries = [*map(_deletion, _own(by, device, ledger)), *shared]
    ledger.mark(entries)
    delete_from(target, {entry.reference for entry in entries})
    ledger.confirm((entry, None) for entry in entries)
    return dict(sorted(Counter(entry.reference.partition("/")[0] for entry in entries).items()))


async def _from_server(
    by: By, key: str, ledger: Ledger, settings: Settings, target: Target, patience: Patience
) -> dict[str, int]:
    letters = dead_letters_of(settings.store, target.name, _LETTERS)
    async with open_wire(target, settings) as wire:
        preflight = await examine(wire, target, patience)
        preflight.require()
        device = await device_of(wire, target, key, ledger, patience) if by == "adapter" else key
        found = await _by_provenance(wire, target, device, ledger, patience) if by == "adapter" else []
        sender = Sender(wire, target, ledger, letters.add, settings.fhir_concurrency, patience)
        own = [_deletion(row) for row in (*_own(by, device, ledger), *found)]
        shared = [_shared_deletion(by, row) for row in _alone_shared(by, device, ledger)]
        if found and ledger.find(device) is None:
            described = [device, *await _cards(wire, target, device, patience)]
            shared += [_deletion(_unknown(reference, device, stay=None)) for reference in described]
        ledger.mark((*own, *shared))
        await sender.send_all(pack_stays(_by_stay(own), target.limits, preflight.bundle_type))
        for bundle in _shared_bundles(shared, target, preflight.bundle_type):
            await sender.send_all([bundle])
    return dict(sorted(sender.sent.types.items())) | {"refused": sender.sent.refused}


def _own(by: By, key: str, ledger: Ledger) -> Iterator[Row]:
    """Yield the rows that belong to stays, of what was asked for, that may still be on the target."""
    column = {"patient": "patient", "export": "month", "adapter": "made_by"}[by]
    yield from ledger.rows(f"stay IS NOT NULL AND {column} = ? AND state != 'withdrawn'", key)


def _alone_shared(by: By, key: str, ledger: Ledger) -> Iterator[Row]:
    """Yield the rows of what only the recalled stays share: a Patient, a Device and its model card."""
    for reference in _shared_candidates(by, key, ledger):
        row = ledger.find(reference)
        if row is not None and row.state != "withdrawn" and _is_alone(by, key, reference, ledger):
            yield row


def _shared_candidates(by: By, key: str, ledger: Ledger) -> list[str]:
    if by == "adapter":  # What it was told, another may be told as well.
        described = ledger.shared_with("made_by = ? AND reference NOT LIKE 'Patient/%'", key)
        return [each for each in described if each.partition("/")[2] in (_id_of(key), f"{_id_of(key)}-card")]
    stays = f"SELECT stay FROM resources WHERE resources.target = sharing.target AND {_column(by)} = ?"
    return ledger.shared_with(f"stay IN ({stays})", key)


def _id_of(device: str) -> str:
    return device.partition("/")[2]


def _column(by: By) -> str:
    return "patient" if by == "patient" else "month"


def _is_alone(by: By, key: str, reference: str, ledger: Ledger) -> bool:
    """Whether no stay beside the recalled ones needs the shared resource."""
    sharers = ledger.sharers(reference)
    if by == "adapter":
        return all(made_by == key for _, made_by in sharers)
    return not any(_has_others(by, key, stay, ledger) for stay, _ in sharers)


def _has_others(by: By, key: str, stay: str, ledger: Ledger) -> bool:
    condition = f"stay = ? AND {_column(by)} != ? AND state NOT IN ('withdrawn', 'withdrawing')"
    return next(ledger.rows(condition, stay, key), None) is not None


def _deletion(row: Row) -> Entry:
    about = (row.month, row.data_use, row.stay, row.patient, row.made_by)
    return Entry(row.reference, None, row.sha256, *about, origin="withdraw")


def _shared_deletion(by: By, row: Row) -> Entry:
    """Return the deletion of a shared resource. A Device, or the Patient of a recalled month, may come back with a stay
    that was not recalled; a recalled adapter or patient may not."""
    is_recalled = by == "adapter" or (by == "patient" and row.reference.startswith("Patient/"))
    return _deletion(row) if is_recalled else replace(_deletion(row), origin="export")


def _by_stay(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    ordered = sorted(entries, key=lambda entry: (entry.stay or "", entry.reference))
    for _, group in groupby(ordered, key=lambda entry: entry.stay):
        yield list(group)


def _shared_bundles(entries: list[Entry], target: Target, bundle_type: str) -> Iterator[Bundle]:
    """Yield Devices and model cards, which refer to each other, at once, and then Patients."""
    patients = [entry for entry in entries if entry.reference.startswith("Patient/")]
    others = [entry for entry in entries if not entry.reference.startswith("Patient/")]
    yield from pack_stays([others] if others else [], target.limits, bundle_type)
    yield from pack_batches(patients, target.limits)


async def device_of(wire: Wire, target: Target, adapter: str, ledger: Ledger, patience: Patience) -> str:
    """Return the reference to the Device of an adapter: its id holds the hash, or its version on the target begins so;
    `Device/ID` is taken at its word, for a ledger that was lost.

    Raises BadInput where none or several do.
    """
    devices = ledger.devices()
    if adapter.startswith("Device/"):
        return adapter
    try:
        return _device_by_id(adapter, devices)
    except BadInput:
        versions = {device: await _versions(wire, target, device, patience) for device in devices}
        fitting = [device for device, said in versions.items() if any(each.startswith(adapter) for each in said)]
        if len(fitting) != 1:
            raise
        return fitting[0]


def _device_by_id(adapter: str, devices: list[str]) -> str:
    fitting = [device for device in devices if adapter and (device == adapter or adapter in device.partition("/")[2])]
    if len(fitting) != 1:
        problem = "names more than one adapter" if fitting else "no such adapter was delivered there"
        raise BadInput("--adapter", problem, remedy="Give its hash as the model card has it, or Device/ID.")
    return fitting[0]


async def _versions(wire: Wire, target: Target, device: str, patience: Patience) -> list[str]:
    said = (await ask(wire, target, f"{target.base}/{device}", patience)).json()
    versions = said.get("version", []) if isinstance(said, dict) else []
    return [str(version.get("value", "")) for version in versions]


async def _cards(wire: Wire, target: Target, device: str, patience: Patience) -> list[str]:
    said = (await ask(wire, target, f"{target.base}/{device}", patience)).json()
    return list(references_in(said.get("extension", []) if isinstance(said, dict) else []))


async def _by_provenance(wire: Wire, target: Target, device: str, ledger: Ledger, patience: Patience) -> list[Row]:
    """Return rows for what the server says that the Device made and the ledger does not know: each Provenance and its
    targets."""
    known: dict[str, Row] = {}
    async for page in pages(wire, target, f"Provenance?agent={device}&_count=100", patience):
        for entry in page.get("entry", []):
            made = list(_made(entry.get("resource", {})))
            for reference in made:
                if ledger.find(reference) is None:
                    known[reference] = _unknown(reference, device, stay=made[0])
    return list(known.values())


def _made(provenance: dict[str, Any]) -> Iterator[str]:
    if provenance.get("resourceType") == "Provenance":
        yield f"Provenance/{provenance['id']}"
        for target in provenance.get("target", []):
            yield "/".join(str(target.get("reference", "")).split("/")[-2:])


def _unknown(reference: str, device: str, stay: str | None) -> Row:
    return Row(reference, "sent", "", "withdraw", "", stay, None, device, "", None)

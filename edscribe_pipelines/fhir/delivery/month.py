"""A month's export goes to its target: looked at first, sent, read back; and what was refused goes again on demand."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edscribe_pipelines.fhir.delivery.adopting import adopt
from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry, pack_batches, pack_stays
from edscribe_pipelines.fhir.delivery.dead_letters import DeadLetters, dead_letters_of, months_with_dead_letters
from edscribe_pipelines.fhir.delivery.export_folder import ExportFolder
from edscribe_pipelines.fhir.delivery.folder_target import write_month
from edscribe_pipelines.fhir.delivery.google_import import import_month
from edscribe_pipelines.fhir.delivery.ledger import Ledger, open_ledger
from edscribe_pipelines.fhir.delivery.planning import Plan, survey
from edscribe_pipelines.fhir.delivery.preflight import examine, examine_folder
from edscribe_pipelines.fhir.delivery.reading_back import ReadBack, read_back
from edscribe_pipelines.fhir.delivery.sending import PATIENCE, Patience, Sender, Sent
from edscribe_pipelines.fhir.delivery.staging import Staging
from edscribe_pipelines.fhir.delivery.target import Target, target_of
from edscribe_pipelines.fhir.delivery.wire import may_go, open_wire
from edscribe_pipelines.settings import Settings

if TYPE_CHECKING:
    from edscribe_pipelines.fhir.elements import Resource

_HELD_BACK = 424
"""Failed Dependency (RFC 4918, 11.4): what the stay refers to is not there."""


@dataclass
class Delivery:
    """What came of a month. `counts` of the plan: `left_out` stays may not go to this target, `held_back` ones refer to
    something that was refused; resources are `unchanged`, `kept` as a person or a later month left them, or `withheld`
    because they were withdrawn; `adopted` were signed, changed or gone on the target and unknown to the ledger."""

    target: str
    sent: Sent = field(default_factory=Sent)
    counts: Counter[str] = field(default_factory=Counter)
    read_back: ReadBack | None = None
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether all that may go is there, and says what was sent."""
        return not (self.sent.refused or self.counts["held_back"] or (self.read_back and not self.read_back.is_whole))

    def figures(self) -> dict[str, Any]:
        """Return the counts, as an asset shows them."""
        plan = ("unchanged", "kept", "withheld", "left_out", "held_back", "adopted")
        shown: dict[str, Any] = {"target": self.target, "sent": self.sent.done, "refused": self.sent.refused}
        shown |= {name: self.counts[name] for name in plan}
        shown |= {"requests": self.sent.requests, "sent_again": self.sent.again}
        if self.read_back:
            shown |= {"sampled": self.read_back.sampled, "absent": len(self.read_back.absent)}
            shown |= {"differing": len(self.read_back.differing), "types_short": len(self.read_back.short)}
        return shown | {"by_type": dict(sorted(self.sent.types.items()))}


def deliver_month(export: Path, month: str, settings: Settings, folder: Path) -> dict[str, Any]:
    """Deliver the `export` of a month to the target of `settings` and return the figures; without a target, say so.

    `folder`, that of the stage's result, stays empty. Raises BadInput where the target is not fit, StageFailed where
    it goes down; what was confirmed is kept, and the next call goes on.
    """
    target = target_of(settings)
    if target is None:
        return {"targets": 0, "sent": 0}
    delivery = deliver(export, month, settings, target)
    return {"targets": 1} | delivery.figures() | {"not_whole": int(not delivery.is_whole)}


def deliver(
    export: Path,
    month: str,
    settings: Settings,
    target: Target,
    only: Collection[str] | None = None,
    patience: Patience = PATIENCE,
) -> Delivery:
    """Send what `target` does not have of a month's export, or of the stays `only`, and read it back."""
    started = time.monotonic()
    with _opened(export, month, settings, target, only) as (plan, letters):
        if target.kind == "folder":
            examine_folder(target).require()
            delivery = Delivery("folder", write_month(plan, target), plan.counts)
        else:
            delivery = asyncio.run(_deliver(plan, letters, settings, target, patience))
    delivery.seconds = time.monotonic() - started
    return delivery


def replay(exports: Callable[[str], Path], settings: Settings, target: Target) -> dict[str, Delivery]:
    """Send again, from the export that `exports` gives for a month, what `target` refused, and return what came of it
    by month."""
    months = list(months_with_dead_letters(settings.store, target.name))
    refused = {month: _refused(month, settings, target) for month in months}
    return {month: deliver(exports(month), month, settings, target, stays) for month, stays in refused.items()}


def _refused(month: str, settings: Settings, target: Target) -> frozenset[str]:
    return frozenset(dead_letters_of(settings.store, target.name, month).read())


def what_would_go(export: Path, month: str, settings: Settings, target: Target) -> dict[str, int]:
    """Return how many resources of each type a delivery would send, and the stays left out; nothing is sent."""
    types: Counter[str] = Counter()
    with _opened(export, month, settings, target, None) as (plan, _):
        plan.coming = plan.survey.shared
        for entries in plan.all():
            types.update(entry.reference.partition("/")[0] for entry in entries)
    return dict(sorted(types.items())) | {f"({name})": count for name, count in sorted(plan.counts.items())}


@contextmanager
def _opened(
    export: Path, month: str, settings: Settings, target: Target, only: Collection[str] | None
) -> Iterator[tuple[Plan, DeadLetters]]:
    with ExportFolder(export) as folder, open_ledger(settings.store, target.name) as ledger:
        found = survey(folder, ledger, partial(may_go, target=target, settings=settings))
        yield Plan(folder, ledger, month, found, only), dead_letters_of(settings.store, target.name, month)


async def _deliver(
    plan: Plan, letters: DeadLetters, settings: Settings, target: Target, patience: Patience
) -> Delivery:
    async with open_wire(target, settings) as wire:
        preflight = await examine(wire, target, patience)
        preflight.require()
        plan.counts["adopted"] = await adopt(wire, target, plan, patience)
        plan.held_back = partial(_hold_back, plan.ledger, letters, preflight.bundle_type)
        delivery = Delivery(target.kind, counts=plan.counts)
        if target.staging:
            staging = Staging(target.staging, settings)
            delivery.sent = await import_month(wire, target, staging, plan, letters, patience)
        else:
            sender = Sender(wire, target, plan.ledger, letters.add, settings.fhir_concurrency, patience)
            await send_plan(sender, plan, target, preflight.bundle_type)
            delivery.sent = sender.sent
        _forget_what_was_mended(letters, plan.ledger)
        delivery.read_back = await read_back(wire, target, plan.ledger, plan.month, patience=patience)
    return delivery


async def send_plan(sender: Sender, plan: Plan, target: Target, bundle_type: str) -> None:
    """Send what stays share, wave after wave, and then the stays."""
    for wave in plan.shared_waves():
        await sender.send_all(pack_batches(wave, target.limits))
    await sender.send_all(pack_stays(plan.stays(), target.limits, bundle_type))


def _hold_back(ledger: Ledger, letters: DeadLetters, bundle_type: str, entries: list[Entry], outcome: Resource) -> None:
    ledger.mark(entries)
    ledger.fail(entries)
    letters.add(Bundle(bundle_type, tuple(entries)), [(entry, _HELD_BACK, outcome) for entry in entries])


def _forget_what_was_mended(letters: DeadLetters, ledger: Ledger) -> None:
    """Drop the letters whose resources are on the target by now, or were withdrawn."""

    def stands(reference: str) -> bool:
        row = ledger.find(reference)
        return row is not None and row.state in ("sent", "withdrawing", "withdrawn")

    found = letters.read()
    kept = {about: row for about, row in found.items() if not all(map(stands, row["resources"]))}
    if len(kept) < len(found):
        letters.keep(kept)

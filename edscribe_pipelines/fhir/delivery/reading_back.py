"""What a target holds after a delivery, asked of the target itself: counts per type, and a sample by content.

A server may hold more than this project sent, so a count is short only where it is below the ledger's. Some servers
index asynchronously: a count that is short is asked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from edscribe_pipelines.fhir.delivery.content import content_hash
from edscribe_pipelines.fhir.delivery.ledger import Ledger, Row
from edscribe_pipelines.fhir.delivery.searching import pages
from edscribe_pipelines.fhir.delivery.sending import PATIENCE, Patience, ask
from edscribe_pipelines.fhir.delivery.target import Target
from edscribe_pipelines.fhir.delivery.wire import Wire

SAMPLE_SIZE = 50

_COUNTED_AGAIN = (0.0, 1.0, 4.0)
"""Seconds to wait before a count is asked for."""

_PAGE = 1_000
"""The most that a store of Google's gives on a page."""

_AT_ONCE = 8


@dataclass(frozen=True)
class ReadBack:
    """`short` are types of which the target holds fewer than the ledger says; `uncounted` those that it does not
    count. `absent` and `differing` are the references of the sample that are not there, or say something else."""

    counts: dict[str, int]
    short: tuple[str, ...]
    uncounted: tuple[str, ...]
    sampled: int
    absent: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not (self.short or self.absent or self.differing)


async def read_back(
    wire: Wire, target: Target, ledger: Ledger, month: str, size: int = SAMPLE_SIZE, patience: Patience = PATIENCE
) -> ReadBack:
    """Return what the target holds of all that was sent, and of a sample of the month."""
    expected = ledger.counts()
    found = await asyncio.gather(*(_count(wire, target, kind, least, patience) for kind, least in expected.items()))
    counts = dict(zip(expected, found, strict=True))
    told = {kind: count for kind, count in counts.items() if count is not None}
    rows = ledger.sample(month, size)
    absent, differing = await compare(wire, target, rows, patience)
    return ReadBack(
        counts=told,
        short=tuple(kind for kind, count in told.items() if count < expected[kind]),
        uncounted=tuple(kind for kind in expected if kind not in told),
        sampled=len(rows),
        absent=absent,
        differing=differing,
    )


async def _count(wire: Wire, target: Target, kind: str, least: int, patience: Patience) -> int | None:
    total = None
    for wait in _COUNTED_AGAIN:
        await asyncio.sleep(wait)
        total = await (_listed if target.kind == "google" else _told)(wire, target, kind, patience)
        if total is None or total >= least:
            break
    return total


async def _told(wire: Wire, target: Target, kind: str, patience: Patience) -> int | None:
    answer = (await ask(wire, target, f"{target.base}/{kind}?_summary=count", patience)).json()
    return answer.get("total") if isinstance(answer, dict) else None


async def _listed(wire: Wire, target: Target, kind: str, patience: Patience) -> int:
    """Return how many there are on all pages: a store of Google's knows no `_summary=count`, and its total is an
    estimate before the last page (Cloud Healthcare API, best practices for FHIR search, read in 2026)."""
    found = pages(wire, target, f"{kind}?_elements=id&_count={_PAGE}", patience)
    return sum([len(page.get("entry", [])) async for page in found])


async def compare(
    wire: Wire, target: Target, rows: Iterable[Row], patience: Patience = PATIENCE
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the references of `rows` that the target does not hold, and those that it holds with another content."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def verdict(row: Row) -> tuple[str, str]:
        async with places:
            reply = await ask(wire, target, f"{target.base}/{row.reference}", patience)
        found = reply.json() if reply.status == 200 else None
        if not isinstance(found, dict):
            return "absent", row.reference
        return "same" if content_hash(found) == row.sha256 else "differing", row.reference

    verdicts = await asyncio.gather(*map(verdict, rows))
    by_verdict = {kind: tuple(name for said, name in verdicts if said == kind) for kind in ("absent", "differing")}
    return by_verdict["absent"], by_verdict["differing"]

"""Bundles of a target's kind: whole stays together, within its limits, every entry a PUT or DELETE of our own id.

The JSON of a resource is taken as it stands in the export, never parsed and written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal

import orjson

from edscribe_pipelines.fhir.delivery.target import Limits

Origin = Literal["export", "sign", "amend", "retract", "withdraw"]

_AROUND_ENTRY = 160
"""Bytes that an entry has beside its resource and, three times, its reference; its base may be 200 characters long."""

_AROUND_BUNDLE = 400


@dataclass(frozen=True)
class Entry:
    """One resource to put, or to delete where `body` is None, with what the ledger is to know of it."""

    reference: str
    body: bytes | None
    sha256: str
    month: str
    data_use: str
    stay: str | None = None
    patient: str | None = None
    made_by: str | None = None
    origin: Origin = "export"

    @property
    def size(self) -> int:
        return len(self.body or b"") + 3 * len(self.reference) + _AROUND_ENTRY + _AROUND_BUNDLE // 2

    def write(self, base: str) -> bytes:
        """Return the entry as JSON of a Bundle."""
        method = b"DELETE" if self.body is None else b"PUT"
        url = orjson.dumps(self.reference)
        request = b'"request":{"method":"%b","url":%b}' % (method, url)
        if self.body is None:
            return b"{%b}" % request
        full_url = orjson.dumps(f"{base}/{self.reference}")
        return b'{"fullUrl":%b,"resource":%b,%b}' % (full_url, self.body, request)


@dataclass(frozen=True)
class Bundle:
    """Entries that go in one request."""

    type: str
    entries: tuple[Entry, ...]

    @cached_property
    def size(self) -> int:
        return sum(entry.size for entry in self.entries) + _AROUND_BUNDLE

    @property
    def data_uses(self) -> frozenset[str]:
        """Return the data uses of the rows that the bundle holds; a deletion holds none."""
        return frozenset(entry.data_use for entry in self.entries if entry.body is not None)

    def write(self, base: str) -> bytes:
        written = b",".join(entry.write(base) for entry in self.entries)
        return b'{"resourceType":"Bundle","type":"%b","entry":[%b]}' % (self.type.encode(), written)

    def parts(self) -> list[Bundle]:
        """Return smaller bundles that make up this one: a stay each, or halves of a batch; none where it is whole."""
        stays = [tuple(group) for _, group in groupby(self.entries, key=lambda entry: entry.stay)]
        if len(stays) > 1:
            return [Bundle(self.type, entries) for entries in stays]
        if self.type == "batch" and len(self.entries) > 1:
            middle = len(self.entries) // 2
            return [Bundle(self.type, self.entries[:middle]), Bundle(self.type, self.entries[middle:])]
        return []


def pack_stays(stays: Iterable[list[Entry]], limits: Limits, bundle_type: str) -> Iterator[Bundle]:
    """Yield bundles that each hold whole stays. A stay that is over a limit has one of its own."""
    waiting: list[Entry] = []
    for entries in stays:
        if waiting and not _fit([*waiting, *entries], limits):
            yield Bundle(bundle_type, tuple(waiting))
            waiting = []
        waiting += entries
        if len(waiting) >= limits.full_at_entries:
            yield Bundle(bundle_type, tuple(waiting))
            waiting = []
    if waiting:
        yield Bundle(bundle_type, tuple(waiting))


def pack_batches(entries: Iterable[Entry], limits: Limits) -> Iterator[Bundle]:
    """Yield batches of entries that need nothing of each other."""
    yield from pack_stays(([entry] for entry in entries), limits, "batch")


def _fit(entries: list[Entry], limits: Limits) -> bool:
    size = sum(entry.size for entry in entries) + _AROUND_BUNDLE
    return len(entries) <= limits.max_entries and size <= limits.max_bundle_bytes


def is_over_limit(bundle: Bundle, limits: Limits) -> bool:
    """Whether the target would refuse the bundle for its size, or a resource in it."""
    too_large = any(len(entry.body or b"") > limits.max_resource_bytes for entry in bundle.entries)
    return too_large or not _fit(list(bundle.entries), limits)

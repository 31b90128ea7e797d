"""What goes wrong at the facade, and when. The plan is seeded: the same requests meet the same faults in any order."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

_Kind = TypeVar("_Kind")

STATUSES = frozenset({"403", "429", "500", "502", "503", "504"})
KINDS = STATUSES | {"cut_before", "cut_after"}
"""Errors in place of an answer, and a connection that is cut before or after the server behind has done the work."""


@dataclass(frozen=True)
class Faults:
    """Rates are shares of 1. The n-th arrival of the same request, or entry, draws its own lot."""

    seed: int = 0
    rates: Mapping[str, float] = field(default_factory=dict)
    """By kind, for whole requests."""

    script: Sequence[str] = ()
    """The kinds that the first requests meet, one each, before the rates count; "" is none."""

    only: str = ""
    """A regular expression searched for in `METHOD /path`; other requests meet no fault of the rates or the script."""

    entry_rates: Mapping[int, float] = field(default_factory=dict)
    """By status, for entries of a batch: they fail inside an answer of 200 and are not executed."""

    refused: Mapping[str, int] = field(default_factory=dict)
    """By reference (`Observation/1`), the status that a write of it always gets; an import counts it as failed."""

    retry_after_s: int | None = 1
    """What 429 and 503 say in Retry-After; none: no such header."""

    capacity: int | None = None
    """How many requests are served at once; those beyond get 429."""

    latency_s: float = 0.0
    """Added to every request."""

    search_lag_s: float = 0.0
    """How long after a write a search does not find it, but for one by identifier: Google indexes asynchronously."""

    token_requests: int | None = None
    """How many requests a token lasts; then it gets 401."""

    import_polls: int = 0
    """How many times an operation is asked for and not done yet."""

    import_error: bool = False
    """Whether an import fails as a whole; its operation then has an error."""

    def __post_init__(self) -> None:
        unknown = ({*self.rates, *self.script} - {""}) - KINDS
        if unknown or sum(self.rates.values()) > 1 or sum(self.entry_rates.values()) > 1:
            raise ValueError(f"unknown kinds {sorted(unknown)}, or rates beyond 1")


class FaultPlan:
    """The faults of one facade, with what has arrived so far."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._arrivals: Counter[str] = Counter()
        self._script = list(faults.script)

    def of_request(self, method: str, path: str, body: bytes) -> str:
        """Return the kind of fault that the request meets; "" is none."""
        if not re.search(self.faults.only, f"{method} {path}"):
            return ""
        if self._script:
            return self._script.pop(0)
        return _chosen(self.faults.rates, self._lot(f"{method} {path} {hashlib.blake2b(body).hexdigest()}")) or ""

    def of_entry(self, method: str, url: str) -> int | None:
        """Return the status that an entry of a batch fails with; none: it is executed."""
        return _chosen(self.faults.entry_rates, self._lot(f"entry {method} {url}"))

    def _lot(self, what: str) -> float:
        self._arrivals[what] += 1
        drawn = hashlib.blake2b(f"{self.faults.seed} {self._arrivals[what]} {what}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) / 2**64


def _chosen(rates: Mapping[_Kind, float], lot: float) -> _Kind | None:
    for kind, rate in rates.items():
        if lot < rate:
            return kind
        lot -= rate
    return None

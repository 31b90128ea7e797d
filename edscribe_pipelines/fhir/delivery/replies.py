"""What a reply to a bundle means for each of its entries: done, again, or refused.

A batch answers 200 with failed entries inside, so every `entry.response.status` is read. How long to wait is asked for
with `Retry-After` (RFC 9110, 10.2.3), by `msBeforeNext` in the diagnostics of an OperationOutcome, as Medplum's rate
limit does, or by `retryDelay` of google.rpc.RetryInfo.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry
from edscribe_pipelines.retry_after import retry_after_seconds

if TYPE_CHECKING:
    from edscribe_pipelines.fhir.elements import Resource

CUT = 0
"""The status of a request whose connection broke before there was an answer."""

TOO_MANY = 429
_GONE = frozenset({404, 410})
_MS_BEFORE_NEXT = re.compile(rb'msBeforeNext\\?"\s*:\s*(\d+)')
_RETRY_DELAY = re.compile(rb'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


@dataclass(frozen=True)
class Reply:
    """What came back: header names are lower case."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """Return the body as JSON, None where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def wait(self) -> float:
        """Return the seconds that the server asks to wait."""
        return max(retry_after_seconds(self.headers.get("retry-after", "")), _wait_inside(self.body))


@dataclass
class Outcome:
    """What became of the entries; `wait` in seconds; `is_throttled` where the server said that it was asked too much.
    `refused` has the status and the OperationOutcome of each."""

    done: list[tuple[Entry, str | None]] = field(default_factory=list)
    again: list[Entry] = field(default_factory=list)
    refused: list[tuple[Entry, int, Resource]] = field(default_factory=list)
    wait: float = 0.0
    is_throttled: bool = False


def read_reply(reply: Reply, bundle: Bundle, retried: frozenset[int]) -> Outcome:
    """Return what a reply means for the entries of `bundle`."""
    outcome = Outcome(wait=reply.wait, is_throttled=reply.status == TOO_MANY)
    answer = reply.json()
    if reply.status == 200:
        answered = answer.get("entry", []) if isinstance(answer, dict) else []
        if len(answered) != len(bundle.entries):
            outcome.again = list(bundle.entries)
            return outcome
        for entry, answered_entry in zip(bundle.entries, answered, strict=True):
            _read_entry(entry, answered_entry.get("response", {}), retried, outcome)
    elif reply.status == CUT or reply.status in retried:
        outcome.again = list(bundle.entries)
    else:
        said = as_outcome(answer, reply.status)
        outcome.refused = [(entry, reply.status, said) for entry in bundle.entries]
    return outcome


def _read_entry(entry: Entry, response: dict[str, Any], retried: frozenset[int], outcome: Outcome) -> None:
    status = _status(response.get("status"))
    if 200 <= status < 300 or (entry.body is None and status in _GONE):
        outcome.done.append((entry, _version(response)))
    elif status in retried:
        outcome.again.append(entry)
        outcome.wait = max(outcome.wait, _wait_inside(orjson.dumps(response)))
        outcome.is_throttled |= status == TOO_MANY
    else:
        outcome.refused.append((entry, status, as_outcome(response.get("outcome"), status)))


def as_outcome(answer: Any, status: int) -> Resource:
    """Return the OperationOutcome of an answer, or one that says its status."""
    if isinstance(answer, dict) and answer.get("resourceType") == "OperationOutcome":
        return answer
    return outcome_saying(f"HTTP {status}")


def outcome_saying(text: str) -> Resource:
    issue = {"severity": "error", "code": "processing", "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _status(said: Any) -> int:
    found = re.match(r"\d{3}", str(said))
    return int(found.group()) if found else 500


def _version(response: dict[str, Any]) -> str | None:
    """Return the version in an entry's `etag` (W/"3"), or in its location."""
    if tag := re.search(r'"([^"]+)"', str(response.get("etag", ""))):
        return tag.group(1)
    place = re.search(r"/_history/([^/]+)", str(response.get("location", "")))
    return place.group(1) if place else None


def _wait_inside(body: bytes) -> float:
    if found := _MS_BEFORE_NEXT.search(body):
        return int(found.group(1)) / 1_000
    found = _RETRY_DELAY.search(body)
    return float(found.group(1)) if found else 0.0

"""Sends bundles until every entry is done or refused for good.

What failed for a passing reason goes again after a random share of a doubling wait (full jitter: M. Brooker,
"Exponential Backoff and Jitter", AWS Architecture Blog, 2015), never sooner than the server asks. It may, for every
entry is a PUT or DELETE of our own id: a request whose answer was lost is made again. Of a batch only the entries that
failed go again. A transaction of several stays that is refused goes again stay by stay.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import backoff

from edscribe_pipelines.errors import EdscribeError, StageFailed
from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry, is_over_limit
from edscribe_pipelines.fhir.delivery.concurrency import Concurrency
from edscribe_pipelines.fhir.delivery.ledger import Ledger
from edscribe_pipelines.fhir.delivery.replies import CUT, Outcome, Reply, outcome_saying, read_reply
from edscribe_pipelines.fhir.delivery.target import SETTING, Target
from edscribe_pipelines.fhir.delivery.wire import FHIR_JSON, MOST_AT_ONCE, Request, Wire

if TYPE_CHECKING:
    from edscribe_pipelines.fhir.elements import Resource

_STOP_AFTER_UNANSWERED = 10
"""So many bundles in a row, each sent several times in vain, mean that the server is down."""

_CONDEMNING = {
    401: "it does not take the credentials",
    403: "the credentials may not write there",
    404: "there is no such store",
    405: "it takes no bundles there",
    501: "it takes no bundles there",
}
"""Statuses of a whole request after which no other would fare better."""


@dataclass(frozen=True)
class Patience:
    """Seconds to wait between attempts, how long a server may ask us to wait, and how many attempts a bundle gets."""

    first_wait: float = 0.5
    longest_wait: float = 60.0
    longest_asked: float = 600.0
    attempts: int = 8

    def wait(self, attempt: int, asked: float) -> float:
        doubled = min(self.longest_wait, self.first_wait * 2**attempt)
        return min(asked, self.longest_asked) + float(backoff.full_jitter(doubled))


PATIENCE = Patience()


@dataclass
class Sent:
    """What came of it: `types` of resources done, by type; `requests` made; `again`, entries sent more than once."""

    types: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    again: int = 0
    refused: int = 0

    @property
    def done(self) -> int:
        return self.types.total()


Refuse = Callable[[Bundle, list[tuple[Entry, int, "Resource"]]], None]
"""Takes the bundle as it was sent and what was refused of it."""


class Sender:
    """Sends to one target, many requests at a time; what is done stands in the ledger."""

    def __init__(
        self, wire: Wire, target: Target, ledger: Ledger, refuse: Refuse, first: int, patience: Patience = PATIENCE
    ) -> None:
        self.sent = Sent()
        self.concurrency = Concurrency(first, MOST_AT_ONCE)
        self._wire, self._target, self._ledger = wire, target, ledger
        self._refuse, self._patience = refuse, patience
        self._unanswered_in_a_row = 0

    async def send_all(self, bundles: Iterable[Bundle]) -> None:
        """Send `bundles`, which are drawn as places become free.

        Raises StageFailed where the server is down or would refuse whatever it is sent, EgressRefused where a row may
        not go. What was confirmed until then is kept.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                for bundle in bundles:
                    await self.concurrency.enter()
                    tasks.create_task(self._send_and_leave(bundle))
        except BaseExceptionGroup as failures:
            raise _first_of_ours(failures) from None

    async def _send_and_leave(self, bundle: Bundle) -> None:
        try:
            await self._send(bundle)
        finally:
            await self.concurrency.leave()

    async def _send(self, bundle: Bundle) -> None:
        if is_over_limit(bundle, self._target.limits):
            too_large = outcome_saying("larger than the target takes")
            await self._settle_refused(bundle, [(entry, 413, too_large) for entry in bundle.entries])
            return
        self._ledger.mark(bundle.entries)
        waiting, reply = bundle, Reply(CUT)
        for attempt in range(self._patience.attempts):
            reply, outcome = await self._attempt(waiting)
            waiting = Bundle(bundle.type, tuple(outcome.again))
            if outcome.refused:
                await self._settle_refused(bundle, outcome.refused)
            if not waiting.entries:
                return
            self.sent.again += len(waiting.entries)
            await asyncio.sleep(self._patience.wait(attempt, 0.0 if outcome.is_throttled else outcome.wait))
        await self._give_up(waiting, reply)

    async def _attempt(self, bundle: Bundle) -> tuple[Reply, Outcome]:
        request = Request("POST", self._target.base, bundle.write(self._target.base), bundle.data_uses)
        async with self.concurrency.request() as began:
            self.sent.requests += 1
            reply = await self._wire.send(request)
        if reply.status in _CONDEMNING:
            raise StageFailed(f"{SETTING}: {_CONDEMNING[reply.status]} (HTTP {reply.status}). `edscribe fhir check`.")
        outcome = read_reply(reply, bundle, self._target.limits.retried)
        if outcome.is_throttled:
            self.concurrency.throttled(began, min(outcome.wait, self._patience.longest_asked))
        elif outcome.done:
            self.concurrency.succeeded()
        if outcome.done:
            self._unanswered_in_a_row = 0
            self._ledger.confirm(outcome.done)
            self.sent.types.update(entry.reference.partition("/")[0] for entry, _ in outcome.done)
        return reply, outcome

    async def _settle_refused(self, bundle: Bundle, refused: list[tuple[Entry, int, Resource]]) -> None:
        """Send what a refused request held in smaller parts, or take the refusal as final."""
        whole = len(refused) == len(bundle.entries)
        if whole and (parts := bundle.parts()):
            for part in parts:
                await self._send(part)
            return
        self.sent.refused += len(refused)
        self._ledger.fail(entry for entry, _, _ in refused)
        self._refuse(bundle, refused)

    async def _give_up(self, waiting: Bundle, reply: Reply) -> None:
        """Send in smaller parts what got no good answer, so that the one entry that kills the server is found."""
        self._unanswered_in_a_row += 1
        if self._unanswered_in_a_row >= _STOP_AFTER_UNANSWERED:
            raise StageFailed(f"{SETTING}: the server does not answer. Run again: what was confirmed is kept.")
        said = outcome_saying(f"no answer after {self._patience.attempts} attempts (HTTP {reply.status})")
        await self._settle_refused(waiting, [(entry, reply.status, said) for entry in waiting.entries])


async def ask(wire: Wire, target: Target, url: str, patience: Patience = PATIENCE, body: bytes = b"") -> Reply:
    """Return the reply to a question that holds no row, asked again where it fails for a passing reason."""
    request = Request("POST" if body else "GET", url, body, content_type="application/json" if body else FHIR_JSON)
    reply = await wire.send(request)
    for attempt in range(patience.attempts - 1):
        if reply.status != CUT and reply.status not in target.limits.retried:
            break
        await asyncio.sleep(patience.wait(attempt, reply.wait))
        reply = await wire.send(request)
    return reply


def _first_of_ours(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    flat: list[BaseException] = []
    for failure in failures.exceptions:
        flat.append(_first_of_ours(failure) if isinstance(failure, BaseExceptionGroup) else failure)
    return next((failure for failure in flat if isinstance(failure, EdscribeError)), flat[0])

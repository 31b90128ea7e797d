"""Asks until each question is settled or the endpoint has had its chances.

Requests that failed for a passing reason are made again after a random share of a doubling wait (full
jitter: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015), never sooner than the
endpoint asks with `Retry-After`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import backoff

from edscribe_pipelines.corpus.drafting.answers import Answer, read_answer
from edscribe_pipelines.corpus.drafting.endpoint import Endpoint
from edscribe_pipelines.corpus.drafting.instructions import Question
from edscribe_pipelines.corpus.drafting.ledger import Ledger
from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.settings import Settings

_PASSING = {"malformed", "cut", "timeout", "http_408", "http_425", "http_429"}
_ABOUT_ONE_REQUEST = {"http_400", "http_413", "http_422"}
_STOP_AFTER_UNANSWERED = 20
"""So many questions in a row without an answer, each asked several times, mean that the endpoint is down."""


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for an answer and between attempts, and how many attempts a question gets in one run."""

    answer_within: float = 300.0
    first_wait: float = 1.0
    longest_wait: float = 60.0
    attempts: int = 6


PATIENCE = Patience()


class _EndpointDown(Exception):
    """So many questions in a row stayed unanswered that asking on is of no use."""


@dataclass(frozen=True)
class _Outcome:
    """How an attempt ended. A malformed answer `is_final` once its question was asked often enough."""

    status: str
    retry_after: float
    is_final: bool

    @property
    def is_worth_another_attempt(self) -> bool:
        return not self.is_final and (self.status in _PASSING or self.status.startswith("http_5"))

    @property
    def condemns_the_endpoint(self) -> bool:
        """A redirect, a refused key, an unknown model: no other request would fare better."""
        return self.status.startswith(("http_3", "http_4")) and self.status not in _PASSING | _ABOUT_ONE_REQUEST


async def ask_all(
    questions: Iterable[Question],
    settings: Settings,
    ledger: Ledger,
    patience: Patience,
    progress: Callable[[], None],
) -> None:
    """Ask `settings.nim_concurrency` questions at a time, until none is left or the endpoint is down. What
    was answered is in `ledger`.

    Raises StageFailed where the endpoint refuses whatever it is asked, EgressRefused where a row may not leave.
    """
    waiting = iter(questions)
    async with Endpoint(settings, patience.answer_within) as endpoint:
        asker = _Asker(endpoint, ledger, patience, progress)
        workers = [asyncio.create_task(asker.work_through(waiting)) for _ in range(settings.nim_concurrency)]
        try:
            with suppress(_EndpointDown):
                await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)


class _Asker:
    """What the workers share."""

    def __init__(self, endpoint: Endpoint, ledger: Ledger, patience: Patience, progress: Callable[[], None]) -> None:
        self._endpoint = endpoint
        self._ledger = ledger
        self._progress = progress
        self._unanswered_in_a_row = 0
        self._settle = backoff.on_predicate(
            _waits,
            lambda outcome: outcome.is_worth_another_attempt,
            max_tries=patience.attempts,
            jitter=None,
            logger=None,
            patience=patience,
        )(self._attempt)

    async def work_through(self, waiting: Iterator[Question]) -> None:
        for question in waiting:
            outcome = await self._settle(question)
            if outcome.condemns_the_endpoint:
                raise StageFailed(
                    f"The drafting endpoint refuses every request ({outcome.status}). Check NIM_URL, NIM_API_KEY and "
                    "EDSCRIBE_NIM_MODEL and run again: what was answered is kept."
                )
            self._unanswered_in_a_row = 0 if outcome.is_final else self._unanswered_in_a_row + 1
            if self._unanswered_in_a_row >= _STOP_AFTER_UNANSWERED:
                raise _EndpointDown
            self._progress()

    async def _attempt(self, question: Question) -> _Outcome:
        attempt = self._ledger.begin(question.key)
        reply = await self._endpoint.ask(question)
        answer = read_answer(reply.body) if reply.status == "completed" else Answer(reply.status)
        self._ledger.finish(question.key, attempt, answer, reply.seconds)
        return _Outcome(answer.status, reply.retry_after, self._ledger.settled_as(question.key) is not None)


def _waits(patience: Patience) -> Generator[float, Any, None]:
    """Take each failed `_Outcome` and give the seconds to wait after it; the first that is given starts it."""
    outcome: _Outcome = yield 0.0
    for doublings in count():
        wait = backoff.full_jitter(min(patience.longest_wait, patience.first_wait * 2**doublings))
        outcome = yield wait + min(outcome.retry_after, patience.longest_wait)

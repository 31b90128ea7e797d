from __future__ import annotations

import pytest

from edscribe_pipelines.corpus.drafting.asking import Patience, _Outcome, _waits

PATIENCE = Patience(first_wait=1.0, longest_wait=8.0)


def waits(retry_after: float, count: int) -> list[float]:
    generator = _waits(PATIENCE)
    generator.send(None)
    return [generator.send(_Outcome("http_429", retry_after, False)) for _ in range(count)]


def test_waits_are_random_shares_of_a_doubling_that_ends() -> None:
    drawn = [waits(0.0, 6) for _ in range(300)]
    for attempt, bound in enumerate((1.0, 2.0, 4.0, 8.0, 8.0, 8.0)):
        at_this_attempt = [each[attempt] for each in drawn]
        assert 0 <= min(at_this_attempt) < bound * 0.1
        assert bound * 0.9 < max(at_this_attempt) <= bound


def test_wait_is_never_shorter_than_the_endpoint_asks_for_up_to_the_longest() -> None:
    assert min(waits(5.0, 50)) >= 5.0
    assert 8.0 <= min(waits(3_600.0, 50)) <= max(waits(3_600.0, 50)) <= 16.0


@pytest.mark.parametrize(
    "status", ["http_429", "http_408", "http_500", "http_503", "http_504", "cut", "timeout", "malformed"]
)
def test_passing_failure_is_worth_another_attempt(status: str) -> None:
    outcome = _Outcome(status, 0.0, False)
    assert (outcome.is_worth_another_attempt, outcome.condemns_the_endpoint) == (True, False)


@pytest.mark.parametrize("status", ["http_301", "http_307", "http_401", "http_403", "http_404", "http_405"])
def test_failure_that_every_request_would_meet_condemns_the_endpoint(status: str) -> None:
    outcome = _Outcome(status, 0.0, False)
    assert (outcome.is_worth_another_attempt, outcome.condemns_the_endpoint) == (False, True)


@pytest.mark.parametrize(
    ("status", "is_final"), [("http_400", False), ("http_422", False), ("answered", True), ("malformed", True)]
)
def test_failure_of_one_request_and_an_end_are_neither(status: str, is_final: bool) -> None:
    outcome = _Outcome(status, 0.0, is_final)
    assert (outcome.is_worth_another_attempt, outcome.condemns_the_endpoint) == (False, False)

"""A run killed with SIGKILL midway: nothing that was stored is paid for again."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from edscribe_pipelines.corpus.drafting.draft import draft_cases
from edscribe_pipelines.corpus.drafting.outcomes import Drafting
from edscribe_pipelines_tests.corpus.drafting import drafting_process
from edscribe_pipelines_tests.corpus.drafting.fake_nim import FakeNim
from edscribe_pipelines_tests.corpus.drafting.invented import IMPATIENT, facts_of, settings_for, stays

STAYS, CONCURRENCY, KILLED_AFTER = 120, 8, 40


@dataclass(frozen=True)
class Killed:
    """`answered` are the endpoint's completions by facts: when the run was killed, and in the end."""

    answered_before: Counter[str]
    answered: Counter[str]
    stored: int
    in_flight: int
    resumed: Drafting


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    ledger = tmp_path_factory.mktemp("killed") / "ledger.sqlite"
    with FakeNim(seconds=0.05) as nim:
        arguments = [nim.url, str(ledger), str(STAYS), str(CONCURRENCY)]
        process = subprocess.Popen([sys.executable, "-m", drafting_process.__name__, *arguments])
        while nim.answered.total() < KILLED_AFTER:
            assert process.poll() is None
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        while nim.in_flight:
            time.sleep(0.01)
        before = nim.answered.copy()
        stored = count_in(ledger, "SELECT count(*) FROM answers")
        in_flight = count_in(ledger, "SELECT count(*) FROM attempts WHERE status = 'in_flight'")
        month = stays(STAYS)
        settings = settings_for(nim.url, nim_concurrency=CONCURRENCY)
        resumed = draft_cases(month, facts_of(month), settings, ledger, patience=IMPATIENT)
        return Killed(before, nim.answered.copy(), stored, in_flight, resumed)


def count_in(ledger: Path, query: str) -> int:
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute(query).fetchone()[0]


def test_it_was_killed_midway_with_requests_in_flight(killed: Killed) -> None:
    assert 0 < killed.stored < STAYS
    assert 0 < killed.in_flight <= CONCURRENCY


def test_resumed_run_ends_with_a_case_for_every_stay(killed: Killed) -> None:
    assert killed.resumed.cases.height == STAYS
    assert killed.resumed.counts["from_cache"] == killed.stored


def test_only_requests_in_flight_at_the_kill_were_answered_twice(killed: Killed) -> None:
    twice = killed.answered.total() - STAYS
    assert max(killed.answered.values()) <= 2
    assert twice == killed.answered_before.total() - killed.stored
    assert twice <= killed.in_flight


def test_interrupted_requests_are_in_the_ledger_as_possibly_billed(killed: Killed) -> None:
    assert killed.resumed.attempts["interrupted"] == killed.in_flight
    assert killed.resumed.spent.possibly_billed == killed.in_flight

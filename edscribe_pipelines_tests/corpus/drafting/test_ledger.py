from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.corpus.drafting.answers import Answer
from edscribe_pipelines.corpus.drafting.ledger import MALFORMED_AT_MOST, Settled, Spend, open_ledger
from edscribe_pipelines.errors import BadInput

NOTE = dict.fromkeys(SECTIONS, "said")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drafting" / "ledger.sqlite"


def opened(path: Path):
    return open_ledger(path, price_in=2.0, price_out=4.0)


def rows(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_answer_is_found_by_the_next_run(path: Path) -> None:
    with opened(path) as ledger:
        ledger.finish("a", ledger.begin("a"), Answer("answered", NOTE, 100, 50), 1.5)
    with opened(path) as ledger:
        assert ledger.settled(["a", "b"]) == {"a": Settled("answered", NOTE)}
        assert ledger.spent() == Spend(0, 0, 0.0, 0)


def test_request_is_on_disk_before_it_is_made_and_its_answer_as_soon_as_it_ends(path: Path) -> None:
    with opened(path) as ledger:
        attempt = ledger.begin("a")
        assert rows(path, "SELECT request, attempt, status FROM attempts") == [("a", 1, "in_flight")]
        ledger.finish("a", attempt, Answer("answered", NOTE), 1.5)
        assert rows(path, "SELECT count(*) FROM answers") == [(1,)]


def test_answers_wait_for_the_disk(path: Path) -> None:
    with opened(path) as ledger:
        ledger.finish("a", ledger.begin("a"), Answer("answered", NOTE), 1.5)
        assert ledger._connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert ledger._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_attempts_keep_status_tokens_cost_and_time(path: Path) -> None:
    with opened(path) as ledger:
        ledger.finish("a", ledger.begin("a"), Answer("http_429"), 0.1)
        ledger.finish("a", ledger.begin("a"), Answer("malformed", None, 1_000, 500), 2.0)
        assert ledger.spent() == Spend(1_000, 500, pytest.approx(0.004), 0)
        assert ledger.statuses() == {"http_429": 1, "malformed": 1}
    kept = rows(path, "SELECT attempt, status, cost_usd, seconds FROM attempts ORDER BY attempt")
    assert kept == [(1, "http_429", 0.0, 0.1), (2, "malformed", pytest.approx(0.004), 2.0)]
    assert all(time.endswith("+00:00") for (time,) in rows(path, "SELECT started_at FROM attempts"))


def test_request_in_flight_when_a_run_died_is_interrupted_and_possibly_billed(path: Path) -> None:
    with opened(path) as ledger:
        ledger.begin("a")
    with opened(path) as ledger:
        assert ledger.settled(["a"]) == {}
        assert (ledger.statuses(), ledger.spent().possibly_billed) == ({"interrupted": 1}, 1)
        assert ledger.begin("a") == 2
    with opened(path) as ledger:
        assert ledger.statuses() == {"interrupted": 1}


def test_malformed_answers_settle_a_question_only_when_there_were_enough(path: Path) -> None:
    for asked in range(1, MALFORMED_AT_MOST + 1):
        with opened(path) as ledger:
            ledger.finish("a", ledger.begin("a"), Answer("malformed"), 1.0)
            assert (ledger.settled_as("a") is not None) is (asked == MALFORMED_AT_MOST)


@pytest.mark.parametrize(("status", "settles"), [("truncated", True), ("http_500", False), ("cut", False)])
def test_answer_that_would_be_the_same_again_settles_a_question(path: Path, status: str, settles: bool) -> None:
    with opened(path) as ledger:
        ledger.finish("a", ledger.begin("a"), Answer(status), 1.0)
        assert (ledger.settled_as("a") == Settled(status, None)) is settles


def test_second_run_waits_until_the_first_is_done(path: Path) -> None:
    order = []

    def second() -> None:
        with opened(path) as ledger:
            order.append(("second", ledger.settled_as("a") is not None))

    with opened(path) as ledger:
        waiting = threading.Thread(target=second)
        waiting.start()
        ledger.finish("a", ledger.begin("a"), Answer("answered", NOTE), 1.0)
        order.append(("first", True))
    waiting.join()
    assert order == [("first", True), ("second", True)]


def test_file_that_is_no_ledger_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(BadInput, match="not a ledger"), opened(path):
        pass

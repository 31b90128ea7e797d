"""The ledger: every request that was made, what it cost, and the answers, so that nothing is paid for twice.

One SQLite file in the de-identified zone. A request is written down before it is made and its answer
before anything else is done with it; a run that is killed leaves at most the requests in flight without an
answer, and the next run counts those as `interrupted`. Answers also survive a power cut. It holds drafted
text and hashes of requests, never what was asked or an endpoint's error message.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
from filelock import FileLock

from edscribe_pipelines.corpus.drafting.answers import Answer, Sections
from edscribe_pipelines.errors import BadInput

MALFORMED_AT_MOST = 3
"""How often a question is asked while its answers are malformed, over all runs."""

_SPEND_NOT_KNOWN = ("interrupted", "cut", "timeout")

_SURVIVES_A_KILL = "PRAGMA synchronous=NORMAL"
_SURVIVES_A_POWER_CUT = "PRAGMA synchronous=FULL"
"""In the write-ahead mode only this one waits for the disk (sqlite.org/pragma.html#pragma_synchronous)."""

# `run` is the run that knows how the attempt ended: for one that was interrupted, the run after it.
_TABLES = """
CREATE TABLE IF NOT EXISTS attempts (
  request TEXT NOT NULL, attempt INTEGER NOT NULL, run INTEGER NOT NULL, status TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL DEFAULT 0, completion_tokens INTEGER NOT NULL DEFAULT 0,
  cost_usd REAL NOT NULL DEFAULT 0, seconds REAL, started_at TEXT NOT NULL,
  PRIMARY KEY (request, attempt)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
  request TEXT PRIMARY KEY, sections TEXT NOT NULL, answered_at TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Settled:
    """A question that is not asked again. `sections` is None unless `status` is answered."""

    status: str
    sections: Sections | None


@dataclass(frozen=True)
class Spend:
    """What was paid. `possibly_billed` counts requests that broke off, which the endpoint may bill as well."""

    prompt_tokens: int
    completion_tokens: int
    cost_usd: float
    possibly_billed: int


@contextmanager
def open_ledger(path: Path, price_in: float, price_out: float) -> Iterator[Ledger]:
    """Yield the ledger at `path` to one run at a time; another run waits until this one ends or dies.

    Prices are in US dollars per million tokens. Raises BadInput where the file is no ledger.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.executescript(f"PRAGMA journal_mode=WAL; {_TABLES}")
            ledger = Ledger(connection, price_in, price_out)
        except sqlite3.DatabaseError:
            raise BadInput("the drafting ledger", "not a ledger", remedy="Move the file away and run again.") from None
        yield ledger


class Ledger:
    """An open ledger, in the hands of one run."""

    def __init__(self, connection: sqlite3.Connection, price_in: float, price_out: float) -> None:
        self._connection = connection
        self._prices = price_in, price_out
        self._run: int = connection.execute("SELECT coalesce(max(run), 0) + 1 FROM attempts").fetchone()[0]
        interrupted = "UPDATE attempts SET status = 'interrupted', run = ? WHERE status = 'in_flight'"
        connection.execute(interrupted, (self._run,))

    def begin(self, request: str) -> int:
        """Write down that `request` is about to be made. Return the number of the attempt."""
        self._connection.execute(_SURVIVES_A_KILL)
        return self._connection.execute(
            "INSERT INTO attempts (request, attempt, run, status, started_at)"
            " SELECT ?, coalesce(max(attempt), 0) + 1, ?, 'in_flight', ? FROM attempts WHERE request = ?"
            " RETURNING attempt",
            (request, self._run, _now(), request),
        ).fetchone()[0]

    def finish(self, request: str, attempt: int, answer: Answer, seconds: float) -> None:
        """Write down how the attempt ended, with the answer if it brought one."""
        per_prompt_token, per_completion_token = (price / 1_000_000 for price in self._prices)
        cost = answer.prompt_tokens * per_prompt_token + answer.completion_tokens * per_completion_token
        execute = self._connection.execute
        execute(_SURVIVES_A_POWER_CUT)
        execute("BEGIN IMMEDIATE")
        execute(
            "UPDATE attempts SET status = ?, prompt_tokens = ?, completion_tokens = ?, cost_usd = ?, seconds = ?"
            " WHERE request = ? AND attempt = ?",
            (answer.status, answer.prompt_tokens, answer.completion_tokens, cost, seconds, request, attempt),
        )
        if answer.sections is not None:
            text = orjson.dumps(answer.sections).decode()
            execute("INSERT INTO answers VALUES (?, ?, ?)", (request, text, _now()))
        execute("COMMIT")

    def settled(self, requests: Iterable[str]) -> dict[str, Settled]:
        """Return which of `requests` need not be asked: answered, cut at the token limit, or malformed too often."""
        return {request: settled for request in requests if (settled := self.settled_as(request))}

    def settled_as(self, request: str) -> Settled | None:
        stored = self._connection.execute("SELECT sections FROM answers WHERE request = ?", (request,)).fetchone()
        if stored:
            return Settled("answered", orjson.loads(stored[0]))
        ended = "SELECT count(*) FILTER (WHERE status = 'truncated'), count(*) FILTER (WHERE status = 'malformed')"
        truncated, malformed = self._connection.execute(
            f"{ended} FROM attempts WHERE request = ?", (request,)
        ).fetchone()
        if truncated:
            return Settled("truncated", None)
        return Settled("malformed", None) if malformed >= MALFORMED_AT_MOST else None

    def statuses(self) -> dict[str, int]:
        """Return how this run's attempts ended, and how many the run before left interrupted."""
        counted = "SELECT status, count(*) FROM attempts WHERE run = ? GROUP BY status ORDER BY status"
        return dict(self._connection.execute(counted, (self._run,)))

    def spent(self) -> Spend:
        """Return what this run paid; what the run before left interrupted counts as possibly billed."""
        marks = ", ".join("?" * len(_SPEND_NOT_KNOWN))
        return Spend(
            *self._connection.execute(
                "SELECT coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0),"
                f" coalesce(sum(cost_usd), 0.0), count(*) FILTER (WHERE status IN ({marks}))"
                " FROM attempts WHERE run = ?",
                (*_SPEND_NOT_KNOWN, self._run),
            ).fetchone()
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

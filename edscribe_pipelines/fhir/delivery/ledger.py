"""The ledger: what is on which target, so that nothing is sent twice and nothing recalled comes back.

One SQLite file in the de-identified zone, `<store>/fhir_delivery.sqlite`, a row per target and reference. A row says
`sending` or `withdrawing` before the request goes out, and `sent` or `withdrawn` once the server has confirmed it. What
a killed run has left between the two is done again: a PUT under our own id, or a DELETE, may be repeated. The ledger
holds hashes and ids, never content.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.bundles import Entry, Origin

FILE = "fhir_delivery.sqlite"

State = Literal["sending", "sent", "failed", "withdrawing", "withdrawn"]

# `stay` is null for what several stays share; `sharing` says which.
_TABLES = """
CREATE TABLE IF NOT EXISTS resources (
  target TEXT NOT NULL, reference TEXT NOT NULL, state TEXT NOT NULL, sha256 TEXT NOT NULL, origin TEXT NOT NULL,
  month TEXT NOT NULL, stay TEXT, patient TEXT, made_by TEXT, data_use TEXT NOT NULL,
  version TEXT, sent_at TEXT NOT NULL,
  PRIMARY KEY (target, reference)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_patient ON resources (target, patient);
CREATE INDEX IF NOT EXISTS by_month ON resources (target, month);
CREATE TABLE IF NOT EXISTS sharing (
  target TEXT NOT NULL, reference TEXT NOT NULL, stay TEXT NOT NULL, made_by TEXT,
  PRIMARY KEY (target, reference, stay)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS imports (
  target TEXT NOT NULL, month TEXT NOT NULL, folder TEXT NOT NULL, operation TEXT NOT NULL,
  PRIMARY KEY (target, month)) WITHOUT ROWID;
"""

_MARK = """
INSERT INTO resources (target, reference, state, sha256, origin, month, stay, patient, made_by, data_use, sent_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET state = excluded.state, sha256 = excluded.sha256, origin = excluded.origin,
  month = excluded.month, stay = excluded.stay, patient = excluded.patient, made_by = excluded.made_by,
  data_use = excluded.data_use, sent_at = excluded.sent_at
"""


@dataclass(frozen=True)
class Row:
    """What the ledger knows of one reference; `version` is the server's, None until it has confirmed one."""

    reference: str
    state: State
    sha256: str
    origin: Origin
    month: str
    stay: str | None
    patient: str | None
    made_by: str | None
    data_use: str
    version: str | None

    @property
    def is_withdrawn(self) -> bool:
        return self.origin == "withdraw"

    @property
    def is_on_target(self) -> bool:
        """Whether the target holds some version of it."""
        return self.state == "sent" or (self.version is not None and self.state in ("sending", "failed"))

    def yields_to_export(self, month: str) -> bool:
        """Whether an export of `month` may write over it: never what was withdrawn; what came from a later month, or
        was signed, amended or retracted in the same, stays as it is."""
        if self.is_withdrawn or self.month > month:
            return False
        return self.origin == "export" or self.month < month


@contextmanager
def open_ledger(store: Path, target: str) -> Iterator[Ledger]:
    """Yield the ledger of `target` to one command at a time; another waits until this one ends or dies.

    Raises BadInput where the file is no ledger.
    """
    path = store / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_TABLES}")
        except sqlite3.DatabaseError:
            raise BadInput(FILE, "not a ledger", remedy="Move it away: sending again doubles nothing.") from None
        yield Ledger(connection, target)


class Ledger:
    """An open ledger of one target."""

    def __init__(self, connection: sqlite3.Connection, target: str) -> None:
        self._connection = connection
        self._target = target

    def find(self, reference: str) -> Row | None:
        return next(self.rows("reference = ?", reference), None)

    def rows(self, condition: str, *values: str) -> Iterator[Row]:
        """Yield the rows that meet a condition of SQL, in the order of their references."""
        yield from self._select(f"({condition}) ORDER BY reference", *values)

    def _select(self, rest: str, *values: str | int) -> Iterator[Row]:
        found = f"SELECT {', '.join(Row.__dataclass_fields__)} FROM resources WHERE target = ? AND {rest}"
        yield from (Row(*row) for row in self._connection.execute(found, (self._target, *values)))

    def mark(self, entries: Iterable[Entry]) -> None:
        """Write down that `entries` are about to be sent."""
        now = _now()
        with self._at_once():
            self._connection.executemany(_MARK, (self._values(entry, now) for entry in entries))

    def _values(self, entry: Entry, now: str) -> tuple[str | None, ...]:
        state = "withdrawing" if entry.body is None else "sending"
        about = (entry.sha256, entry.origin, entry.month, entry.stay, entry.patient, entry.made_by, entry.data_use)
        return (self._target, entry.reference, state, *about, now)

    def confirm(self, confirmed: Iterable[tuple[Entry, str | None]]) -> None:
        """Write down that the server has done what each entry asked, with the version it gave."""
        now = _now()
        done = [
            ("withdrawn" if entry.body is None else "sent", version, now, self._target, entry.reference)
            for entry, version in confirmed
        ]
        update = "UPDATE resources SET state = ?, version = ?, sent_at = ? WHERE target = ? AND reference = ?"
        with self._at_once():
            self._connection.executemany(update, done)

    def fail(self, entries: Iterable[Entry]) -> None:
        """Write down that the server refused `entries`; what was to be withdrawn stays so."""
        update = "UPDATE resources SET state = 'failed' WHERE target = ? AND reference = ? AND state = 'sending'"
        with self._at_once():
            self._connection.executemany(update, ((self._target, entry.reference) for entry in entries))

    def abandon(self, month: str) -> None:
        """Take back what a killed export of a month has marked: what is marked from here on is what goes."""
        self._of_export(month, "failed")

    def confirm_month(self, month: str) -> None:
        """Write down that all that an export of a month has marked is on the target, versions not told."""
        self._of_export(month, "sent")

    def _of_export(self, month: str, state: State) -> None:
        update = (
            "UPDATE resources SET state = ? WHERE target = ? AND month = ? AND state = 'sending' AND origin = 'export'"
        )
        self._connection.execute(update, (state, self._target, month))

    def share(self, stay: str, references: Iterable[str], made_by: str | None) -> None:
        """Write down that a stay needs `references`, which are not its own."""
        insert = "INSERT OR REPLACE INTO sharing VALUES (?, ?, ?, ?)"
        rows = ((self._target, reference, stay, made_by) for reference in references)
        self._connection.executemany(insert, rows)

    def sharers(self, reference: str) -> list[tuple[str, str | None]]:
        """Return (stay, the Device that made its document) of all that need a shared resource."""
        select = "SELECT stay, made_by FROM sharing WHERE target = ? AND reference = ?"
        return self._connection.execute(select, (self._target, reference)).fetchall()

    def shared_with(self, condition: str, *values: str) -> list[str]:
        """Return the shared references that a stay needs whose row in `sharing` meets a condition of SQL."""
        select = f"SELECT DISTINCT reference FROM sharing WHERE target = ? AND ({condition}) ORDER BY reference"
        return [reference for (reference,) in self._connection.execute(select, (self._target, *values))]

    def recalled_stays(self) -> frozenset[str]:
        """Return the stays of which everything was withdrawn."""
        all_withdrawn = "SELECT stay FROM resources WHERE target = ? GROUP BY stay HAVING min(origin = 'withdraw')"
        return frozenset(stay for (stay,) in self._connection.execute(all_withdrawn, (self._target,)) if stay)

    def counts(self, month: str | None = None) -> dict[str, int]:
        """Return how many resources of each type are on the target, of one month or of all."""
        kind = "substr(reference, 1, instr(reference, '/') - 1)"
        of_month, values = ("", ()) if month is None else (" AND month = ?", (month,))
        select = f"SELECT {kind}, count(*) FROM resources WHERE target = ? AND state = 'sent'{of_month} GROUP BY 1"
        return dict(self._connection.execute(f"{select} ORDER BY 1", (self._target, *values)))

    def sample(self, month: str, size: int) -> list[Row]:
        """Return up to `size` rows of a month that are on the target, the same each time: drawn by hash."""
        return list(self._select("month = ? AND state = 'sent' ORDER BY sha256 LIMIT ?", month, size))

    def devices(self) -> list[str]:
        """Return the AI Devices whose text is, or was, on the target."""
        select = "SELECT DISTINCT made_by FROM resources WHERE target = ? AND made_by IS NOT NULL ORDER BY 1"
        return [device for (device,) in self._connection.execute(select, (self._target,))]

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Commit what the block does as one transaction, or nothing of it."""
        with self._connection:
            self._connection.execute("BEGIN")
            yield

    @contextmanager
    def in_one_commit(self) -> Iterator[Ledger]:
        """Yield the ledger for many small writes, committed together."""
        with self._at_once():
            yield self

    def open_import(self, month: str) -> tuple[str, str] | None:
        """Return (folder, operation) of an import that was begun and not followed to its end."""
        select = "SELECT folder, operation FROM imports WHERE target = ? AND month = ?"
        begun: tuple[str, str] | None = self._connection.execute(select, (self._target, month)).fetchone()
        return begun

    def begin_import(self, month: str, folder: str, operation: str) -> None:
        insert = "INSERT OR REPLACE INTO imports VALUES (?, ?, ?, ?)"
        self._connection.execute(insert, (self._target, month, folder, operation))

    def end_import(self, month: str) -> None:
        self._connection.execute("DELETE FROM imports WHERE target = ? AND month = ?", (self._target, month))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

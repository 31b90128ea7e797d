"""Which month first took a batch, a note or a piece of feedback: remembered in the PHI zone.

A folder of notes keeps growing and a release stays where it is, so what an earlier month took does not
arrive again. The register is append-only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path


def claim_arrivals(register: Path, kind: str, content_hashes: Iterable[str], month: str) -> set[str]:
    """Return those of `content_hashes` that belong to `month`, claiming those that nobody has."""
    wanted = set(content_hashes)
    register.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(sqlite3.connect(register, timeout=60)) as connection, connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS arrivals (kind TEXT, content_hash TEXT, month TEXT NOT NULL,"
            " PRIMARY KEY (kind, content_hash)) WITHOUT ROWID"
        )
        connection.executemany(
            "INSERT OR IGNORE INTO arrivals VALUES (?, ?, ?)", [(kind, each, month) for each in sorted(wanted)]
        )
        taken = connection.execute("SELECT content_hash FROM arrivals WHERE kind = ? AND month = ?", (kind, month))
        return wanted & {content_hash for (content_hash,) in taken}

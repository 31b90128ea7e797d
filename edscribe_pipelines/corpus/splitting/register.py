"""An append-only table on disk that one process at a time extends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def open_register(path: Path, create: str) -> Iterator[sqlite3.Connection]:
    """Yield a connection to the table that `create` describes; what the block writes is kept if it ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(create)
        yield connection
        connection.execute("COMMIT")

"""The id vault: random ids for patients and stays, in the PHI zone.

Safe Harbor forbids a code derived from the person's data, a keyed hash of a record number included
(45 CFR 164.514(c)), so ids are random and the vault remembers them. It is append-only: a rerun, a
backfill or a killed run finds the ids of before.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import polars as pl
import pyarrow as pa

Kind = Literal["patient", "encounter"]
_PREFIX: dict[str, str] = {"patient": "p", "encounter": "e"}
_BYTES = 8


class Ids(Protocol):
    """Whoever gives source ids their random ids."""

    def ids_for(self, kind: Kind, issuer: str, source_ids: pl.Series) -> pl.Series: ...


class IdVault:
    """Source ids and their random ids, in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._open() as vault:
            vault.execute(
                "CREATE TABLE IF NOT EXISTS ids (kind TEXT, issuer TEXT, source_id TEXT,"
                " random_id TEXT NOT NULL UNIQUE, PRIMARY KEY (kind, issuer, source_id)) WITHOUT ROWID"
            )

    def ids_for(self, kind: Kind, issuer: str, source_ids: pl.Series) -> pl.Series:
        """Return the random id of each source id, minting those not seen before."""
        wanted = source_ids.unique()
        with self._open() as vault:
            vault.execute("CREATE TEMP TABLE wanted (source_id TEXT PRIMARY KEY) WITHOUT ROWID")
            vault.executemany("INSERT INTO wanted VALUES (?)", ((source_id,) for source_id in wanted))
            of_issuer = (kind, issuer)
            unseen = vault.execute(
                "SELECT source_id FROM wanted EXCEPT SELECT source_id FROM ids JOIN wanted USING (source_id)"
                " WHERE kind = ? AND issuer = ?",
                of_issuer,
            ).fetchall()
            minted = random_ids(kind, len(unseen))
            vault.executemany(
                "INSERT INTO ids VALUES (?, ?, ?, ?)",
                ((*of_issuer, source_id, new) for (source_id,), new in zip(unseen, minted, strict=True)),
            )
            known = vault.execute(
                "SELECT source_id, random_id FROM wanted JOIN ids USING (source_id) WHERE kind = ? AND issuer = ?",
                of_issuer,
            ).fetchall()
        return source_ids.replace_strict(dict(known), return_dtype=pl.String)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that alone may write, until its changes are kept together or not at all."""
        with closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection


class ForgottenIds:
    """Random ids that nothing remembers: they tell patients and stays apart and link to nothing."""

    def ids_for(self, kind: Kind, issuer: str, source_ids: pl.Series) -> pl.Series:
        numbers = source_ids.cast(pl.Categorical(pl.Categories.random())).to_physical()
        return random_ids(kind, len(numbers)).gather(numbers)


def random_ids(kind: Kind, count: int) -> pl.Series:
    """Return ids that show their kind and nothing else."""
    ends = np.arange(count + 1, dtype=np.int64) * 2 * _BYTES
    digits = pa.LargeStringArray.from_buffers(
        count, pa.py_buffer(ends), pa.py_buffer(secrets.token_hex(_BYTES * count).encode())
    )
    return f"{_PREFIX[kind]}-" + pl.Series(pl.from_arrow(digits))

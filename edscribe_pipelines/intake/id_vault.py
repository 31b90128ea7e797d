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
from typing import Literal

import polars as pl

Kind = Literal["patient", "encounter"]
_PREFIX: dict[str, str] = {"patient": "p", "encounter": "e"}


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
        wanted = source_ids.unique().to_list()
        minted = [(kind, issuer, source_id, f"{_PREFIX[kind]}-{secrets.token_hex(8)}") for source_id in wanted]
        with self._open() as vault:
            vault.executemany("INSERT OR IGNORE INTO ids VALUES (?, ?, ?, ?)", minted)
            known = dict(
                vault.execute("SELECT source_id, random_id FROM ids WHERE kind = ? AND issuer = ?", (kind, issuer))
            )
        return source_ids.replace_strict(known, return_dtype=pl.String)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=60)) as connection, connection:
            yield connection

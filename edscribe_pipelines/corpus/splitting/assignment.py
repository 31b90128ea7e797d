"""Who is in which split: an append-only register of patients, and nobody ever changes sides."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

from edscribe_pipelines.corpus.splitting.register import open_register
from edscribe_pipelines.corpus.splitting.strata import deal

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
_CREATE = "CREATE TABLE IF NOT EXISTS assignments (patient_key TEXT PRIMARY KEY, split TEXT NOT NULL)"


def assign_patients(
    strata: dict[str, str], register: Path, seed: int, trained_on: frozenset[str] = frozenset()
) -> dict[str, Split]:
    """Return the split of each patient, from the register where it has one.

    `strata` are the patients' strata in the order of their arrival; a registered patient keeps the one that it
    came with. That order and the seed decide on newcomers, never their ids: those are random, and the same
    stays would be split otherwise in every store. Newcomers in `trained_on` are not held out.
    """
    with open_register(register, _CREATE) as connection:
        _remember_strata(connection)
        standing = {
            row[0]: row[1:] for row in connection.execute("SELECT patient_key, split, stratum FROM assignments")
        }
        known = {patient: standing[patient] for patient in strata if patient in standing}
        newcomers = {patient: stratum for patient, stratum in strata.items() if patient not in standing}
        dealt: dict[str, Split] = deal(newcomers, list(known.values()), seed, trained_on)
        rows = [(patient, dealt[patient], newcomers[patient]) for patient in sorted(newcomers)]
        connection.executemany("INSERT INTO assignments (patient_key, split, stratum) VALUES (?, ?, ?)", rows)
    return {patient: split for patient, (split, _) in known.items()} | dealt


def _remember_strata(connection: sqlite3.Connection) -> None:
    """Add the column that registers of version 0.1.0 lack; their patients are in a stratum of their own."""
    if "stratum" not in {column[1] for column in connection.execute("PRAGMA table_info(assignments)")}:
        connection.execute("ALTER TABLE assignments ADD COLUMN stratum TEXT NOT NULL DEFAULT ''")

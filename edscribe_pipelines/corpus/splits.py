"""Training, validation and test, 80/10/10 by patient, and nobody ever changes sides.

Assignments are an append-only table keyed by patient_key: a later month adds patients and moves none.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

import polars as pl

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
_HELD_OUT_SHARE = 0.10


def split_cases(cases: pl.DataFrame, register: Path, seed: int) -> pl.DataFrame:
    """Return the cases that count, each with its `split`.

    `cases` are the `GatedCase` rows of all months so far. A case that a physician revised gives way to
    the revision. Patients without a split are assigned one in `register`.
    """
    current = drop_superseded(cases)
    assigned = assign_patients(current["patient_key"].unique(maintain_order=True).to_list(), register, seed)
    return current.with_columns(split=pl.col("patient_key").replace_strict(assigned, return_dtype=pl.String))


def drop_superseded(cases: pl.DataFrame) -> pl.DataFrame:
    """Drop the case of every stay that a later, corrected case revises; the newest correction stays.

    A stay that a later release or batch brings again stands as it came last. `cases` come in order of months.
    """
    newest = cases.unique("case_id", keep="last", maintain_order=True)
    corrections = newest.filter(pl.col("revises").is_not_null()).unique("revises", keep="last", maintain_order=True)
    originals = newest.filter(pl.col("revises").is_null())
    standing = originals.join(
        corrections, left_on="encounter_id", right_on="revises", how="anti", maintain_order="left"
    )
    return pl.concat([standing, corrections])


def assign_patients(patients: list[str], register: Path, seed: int) -> dict[str, Split]:
    """Return the split of each patient, from the register where it has one.

    The order of `patients` and the seed decide on newcomers, never their ids: those are random, and the
    same stays would be split otherwise in every store.
    """
    register.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(register, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE IF NOT EXISTS assignments (patient_key TEXT PRIMARY KEY, split TEXT NOT NULL)")
        standing = dict(connection.execute("SELECT patient_key, split FROM assignments"))
        known: dict[str, Split] = {patient: standing[patient] for patient in patients if patient in standing}
        new = _fill([patient for patient in patients if patient not in standing], known, seed)
        connection.executemany("INSERT INTO assignments VALUES (?, ?)", sorted(new.items()))
        connection.execute("COMMIT")
    return known | new


def _fill(newcomers: list[str], known: dict[str, Split], seed: int) -> dict[str, Split]:
    """Give newcomers, shuffled, to the splits that lack patients."""
    total = len(newcomers) + len(known)
    held_out = round(total * _HELD_OUT_SHARE) if total >= 10 else int(total >= 3)
    counts = {split: list(known.values()).count(split) for split in SPLITS}
    order: list[Split] = []
    for split in ("test", "validation"):
        order += [split] * max(0, held_out - counts[split])
    order += ["train"] * len(newcomers)
    shuffled = random.Random(seed).sample(newcomers, len(newcomers))
    return dict(zip(shuffled, order, strict=False))

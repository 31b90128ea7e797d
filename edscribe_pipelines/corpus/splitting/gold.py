"""The gold set: physician-written test cases, frozen so that adapters can be compared over the years.

A case is frozen as it stands, by id, and stays whatever happens to it later. A physician's correction of a
generated note is never gold: a model helped to write it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from edscribe_pipelines.clinical.records import CaseMetadata, polars_schema
from edscribe_pipelines.corpus.splitting.comparison import compare_groups
from edscribe_pipelines.corpus.splitting.register import open_register
from edscribe_pipelines.corpus.splitting.strata import patient_strata

_SCHEMA: dict[str, Any] = {
    "case_id": pl.String,
    "encounter_id": pl.String,
    "revises": pl.String,
    "patient_key": pl.String,
    "data_use": pl.String,
    "tier": pl.String,
    "prompt": pl.String,
    "completion": pl.String,
    "metadata": pl.Struct(dict(polars_schema(CaseMetadata))),
    "content_sha256": pl.String,
}
_COLUMNS = ", ".join(_SCHEMA)
_CREATE = (
    "CREATE TABLE IF NOT EXISTS gold (case_id TEXT PRIMARY KEY, encounter_id TEXT NOT NULL, revises TEXT,"
    " patient_key TEXT NOT NULL, data_use TEXT NOT NULL, tier TEXT NOT NULL, prompt TEXT NOT NULL,"
    " completion TEXT NOT NULL, metadata TEXT NOT NULL, content_sha256 TEXT NOT NULL)"
)


def gold_set(register: Path) -> pl.DataFrame:
    """Return the frozen cases in the order in which they were frozen."""
    with open_register(register, _CREATE) as connection:
        return _frozen(connection)


def freeze_gold(cases: pl.DataFrame, register: Path, limit: int, seed: int) -> pl.DataFrame:
    """Return the gold set, filled up to `limit` from the test split of `cases` (with their `split`).

    New ones are drawn evenly over the strata that the splits go by; order of arrival and seed decide.
    """
    with open_register(register, _CREATE) as connection:
        standing = _frozen(connection)
        eligible = _eligible(cases).filter(~pl.col("case_id").is_in(standing["case_id"].implode()))
        chosen = _spread(eligible, limit - standing.height, seed)
        rows = [_row(case) for case in chosen.iter_rows(named=True)]
        connection.executemany(f"INSERT INTO gold ({_COLUMNS}) VALUES ({', '.join('?' * len(_SCHEMA))})", rows)
        return _frozen(connection)


def gold_violations(gold: pl.DataFrame, cases: pl.DataFrame, similarity: float) -> list[str]:
    """Return what breaks the promise of the gold set, in words without ids; empty when it holds.

    `cases` are the cases that an adapter may learn from or be chosen by, with their `split`.
    """
    seen = cases.filter(pl.col("split") != "test")
    notes = [gold.select("completion", group=pl.lit("gold")), seen.select("completion", group=pl.lit("seen"))]
    alike = compare_groups(pl.concat(notes), similarity).filter(pl.col("similarity") >= similarity)
    same = seen.filter(
        pl.col("case_id").is_in(gold["case_id"].implode())
        | pl.col("encounter_id").is_in(gold["encounter_id"].implode())
        | pl.col("patient_key").is_in(gold["patient_key"].implode())
    )
    changed = sum(case["content_sha256"] != _content_hash(case) for case in gold.iter_rows(named=True))
    counts = {
        "cases of gold patients in train or validation": same.height,
        "near-duplicates of gold cases in train or validation": alike.height,
        "gold cases whose content changed": changed,
    }
    return [f"{count} {what}" for what, count in counts.items() if count]


def _eligible(cases: pl.DataFrame) -> pl.DataFrame:
    by_hand = (pl.col("tier") == "physician") & (pl.col("note_origin") == "physician") & pl.col("revises").is_null()
    return cases.filter((pl.col("split") == "test") & by_hand)


def _spread(eligible: pl.DataFrame, count: int, seed: int) -> pl.DataFrame:
    """Return `count` cases at equal distances in the order of strata, shuffled within them."""
    if count <= 0 or eligible.is_empty():
        return eligible.clear()
    count = min(count, eligible.height)
    strata = pl.col("patient_key").replace_strict(patient_strata(eligible), return_dtype=pl.String)
    ordered = eligible.sample(fraction=1, shuffle=True, seed=seed).sort(strata, maintain_order=True)
    return ordered[[(2 * place + 1) * eligible.height // (2 * count) for place in range(count)]]


def _row(case: dict[str, Any]) -> list[Any]:
    frozen = {**case, "metadata": orjson.dumps(case["metadata"]).decode(), "content_sha256": _content_hash(case)}
    return [frozen[column] for column in _SCHEMA]


def _content_hash(case: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps([case["prompt"], case["completion"], case["metadata"]])).hexdigest()


def _frozen(connection: sqlite3.Connection) -> pl.DataFrame:
    rows = [
        dict(zip(_SCHEMA, row, strict=True))
        for row in connection.execute(f"SELECT {_COLUMNS} FROM gold ORDER BY rowid")
    ]
    return pl.DataFrame([{**row, "metadata": orjson.loads(row["metadata"])} for row in rows], schema=_SCHEMA)

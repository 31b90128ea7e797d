"""The leakage certificate: what the splits have in common, counted anew from the cases alone.

It trusts neither the register that split them nor the search that removed duplicates, and holds no text.
"""

from __future__ import annotations

import hashlib
from itertools import combinations

import polars as pl
from typing_extensions import TypedDict

from edscribe_pipelines.corpus.splitting.assignment import SPLITS
from edscribe_pipelines.corpus.splitting.comparison import PAIR_BY_PAIR, compare_groups


class SplitRow(TypedDict):
    """What one split holds; `case_ids_sha256` is over the sorted ids, a line each."""

    split: str
    cases: int
    patients: int
    gold_cases: int
    case_ids_sha256: str


class BetweenRow(TypedDict):
    """What two splits share. Notes with the same text count as one; `highest_similarity` is that of the pairs
    compared, None where there was none."""

    splits: list[str]
    shared_patients: int
    near_duplicates: int
    pairs_compared: int
    highest_similarity: float | None


class Certificate(TypedDict):
    """`pair_by_pair` says whether every pair was compared, else every pair of at least `similarity` was."""

    similarity: float
    pair_by_pair: bool
    splits: list[SplitRow]
    between: list[BetweenRow]


def certify(cases: pl.DataFrame, gold: pl.DataFrame, similarity: float) -> Certificate:
    """Return the certificate of `cases` with their `split`; `gold` are the cases that must not be trained on."""
    notes = cases.select("completion", group="split").unique(maintain_order=True)
    compared = compare_groups(notes, similarity)
    return {
        "similarity": similarity,
        "pair_by_pair": notes.height <= PAIR_BY_PAIR,
        "splits": [_split_row(split, cases.filter(pl.col("split") == split), gold) for split in SPLITS],
        "between": [_between_row(pair, cases, compared, similarity) for pair in combinations(SPLITS, 2)],
    }


def violations(certificate: Certificate) -> list[str]:
    """Return what is wrong, in words; empty when the certificate holds."""
    trained = [row for row in certificate["splits"] if row["split"] != "test" and row["gold_cases"]]
    return [
        *(f"{row['gold_cases']} gold cases in {row['split']}" for row in trained),
        *(problem for row in certificate["between"] for problem in _problems(row)),
    ]


def _problems(row: BetweenRow) -> list[str]:
    where = " and ".join(row["splits"])
    counts = {"shared patients": row["shared_patients"], "near-duplicates": row["near_duplicates"]}
    return [f"{count} {what} between {where}" for what, count in counts.items() if count]


def _split_row(split: str, held: pl.DataFrame, gold: pl.DataFrame) -> SplitRow:
    ids = held["case_id"].sort()
    return {
        "split": split,
        "cases": held.height,
        "patients": held["patient_key"].n_unique(),
        "gold_cases": int(ids.is_in(gold["case_id"].implode()).sum()),
        "case_ids_sha256": hashlib.sha256("\n".join(ids).encode()).hexdigest(),
    }


def _between_row(pair: tuple[str, str], cases: pl.DataFrame, compared: pl.DataFrame, similarity: float) -> BetweenRow:
    one, other = (cases.filter(pl.col("split") == split)["patient_key"].unique() for split in pair)
    across = compared.filter(pl.col("group").is_in(pair) & pl.col("group_other").is_in(pair))["similarity"]
    return {
        "splits": list(pair),
        "shared_patients": int(one.is_in(other.implode()).sum()),
        "near_duplicates": int((across >= similarity).sum()),
        "pairs_compared": across.len(),
        "highest_similarity": round(float(across.max()), 4) if across.len() else None,  # type: ignore[arg-type]
    }

"""The splits of all gated cases up to a month, and the gold set frozen among them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from edscribe_pipelines.corpus.splitting.assignment import SPLITS
from edscribe_pipelines.corpus.splitting.certificate import certify, violations
from edscribe_pipelines.corpus.splitting.duplicates import find_duplicates, in_order_of_arrival
from edscribe_pipelines.corpus.splitting.export import export_splits
from edscribe_pipelines.corpus.splitting.gold import freeze_gold, gold_set, gold_violations
from edscribe_pipelines.corpus.splitting.splits import split_cases
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.files import write_json, write_jsonl
from edscribe_pipelines.settings import Settings

CERTIFICATE = "certificate.json"


def make_splits(months: Iterable[pl.DataFrame], settings: Settings, folder: Path) -> dict[str, int]:
    """Split the gated cases of `months`, write them with their certificate to `folder` and return their counts.

    Raises CorpusInvariant where the certificate finds a patient, a near-duplicate or a gold case on both sides.
    """
    cases = in_order_of_arrival(months).filter(pl.col("tier").is_in(list(settings.train_tiers)))
    gold, similarity = gold_set(_gold_register(settings)), settings.near_duplicate_similarity
    compared = ("case_id", "encounter_id", "revises", "completion")
    duplicates = find_duplicates(pl.concat([gold.select(compared), cases.select(compared)]), similarity, settings.seed)
    split = split_cases(cases, duplicates, settings.store / "split_assignments.sqlite", settings.seed)
    certificate = certify(split, gold, similarity)
    if problems := [*violations(certificate), *gold_violations(gold, split, similarity)]:
        raise CorpusInvariant(f"splits leak: {'; '.join(problems)}")
    duplicates.write_parquet(folder / "duplicates.parquet")
    split.write_parquet(folder / "cases.parquet")
    write_json(folder / CERTIFICATE, certificate)
    export_splits(split, folder)
    return {**_split_counts(split), "duplicates": duplicates.height}


def leaks(cases: pl.DataFrame, settings: Settings) -> list[str]:
    """Return what stored splits share that they must not, counted anew, in words; empty where the promise holds."""
    gold, similarity = gold_set(_gold_register(settings)), settings.near_duplicate_similarity
    return [*violations(certify(cases, gold, similarity)), *gold_violations(gold, cases, similarity)]


def make_gold_set(cases: pl.DataFrame, settings: Settings, folder: Path) -> dict[str, int]:
    """Freeze gold cases among the split `cases`, write the set to `folder` and return its counts.

    Raises CorpusInvariant where one of them is outside the test split.
    """
    gold = freeze_gold(cases, _gold_register(settings), settings.gold_cases, settings.seed)
    if problems := gold_violations(gold, cases, settings.near_duplicate_similarity):
        raise CorpusInvariant(f"the gold set is not untouched: {'; '.join(problems)}")
    gold.write_parquet(folder / "cases.parquet")
    write_jsonl(folder / "gold.jsonl", gold.select("prompt", "completion", "metadata").iter_rows(named=True))
    return {"cases": gold.height, "patients": gold["patient_key"].n_unique()}


def _split_counts(cases: pl.DataFrame) -> dict[str, int]:
    counts = {"cases": cases.height, "patients": cases["patient_key"].n_unique()}
    for split in SPLITS:
        held = cases.filter(pl.col("split") == split)
        counts |= {f"{split}_cases": held.height, f"{split}_patients": held["patient_key"].n_unique()}
    return counts


def _gold_register(settings: Settings) -> Path:
    return settings.store / "gold_set.sqlite"

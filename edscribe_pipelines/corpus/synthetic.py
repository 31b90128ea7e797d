"""The month's cases for stays without a note of their own: drafted by a model, or rendered by the template."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import Case, QuarantinedCase, to_frame
from edscribe_pipelines.corpus.drafting.draft import draft_cases
from edscribe_pipelines.corpus.facts import prompts
from edscribe_pipelines.corpus.synthesis import stays_to_synthesise, synthesise_cases
from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.settings import Settings

_COUNTS = "counts.json"
_TABLES = ("cases.parquet", "refused.parquet")


def draft_first(stays: Path, settings: Settings, log: Callable[[str], None], folder: Path) -> None:
    """Have the model draft the stays that go first, where there is one, and write what it made to `folder`."""
    tables, counts = {"cases": to_frame(Case, []), "refused": to_frame(QuarantinedCase, [])}, {}
    if settings.drafting:

        def report(done: int, total: int) -> None:
            if done % 100 == 0 or done == total:
                log(f"synthetic_cases: {done} of {total} drafts asked for")

        wanted = stays_to_synthesise(pl.read_parquet(stays))
        ledger = settings.store / "drafting" / "ledger.sqlite"
        drafting = draft_cases(wanted, prompts(wanted), settings, ledger, report)
        tables = {"cases": drafting.cases, "refused": drafting.refused}
        counts = {"drafting": drafting.counts, "acceptance": drafting.acceptance.to_dicts()}
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    write_json(folder / _COUNTS, counts)


def drafting_counts(folder: Path) -> dict[str, Any]:
    """Return the counts of what `draft_first` has written to `folder`."""
    counts: dict[str, Any] = read_json(folder / _COUNTS)
    return counts


def render_others(stays: pl.DataFrame, drafted: Path, folder: Path) -> None:
    """Render those of `stays` that no row in the folder `drafted` is about, and write the tables to `folder`."""
    known = [pl.read_parquet(drafted / name, columns=["encounter_id"]) for name in _TABLES]
    synthesis = synthesise_cases(stays.join(pl.concat(known), on="encounter_id", how="anti", maintain_order="left"))
    synthesis.cases.write_parquet(folder / "cases.parquet")
    synthesis.refused.write_parquet(folder / "refused.parquet")

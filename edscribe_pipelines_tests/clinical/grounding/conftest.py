"""Rendered notes of the sample and the demo, each with the facts that it was rendered from.

Their identifiers are left in: what grounding judges are the facts, and to remove the names takes seconds.
"""

from __future__ import annotations

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import DeidentifiedNote, polars_schema
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines_tests.conftest import TakenIn


@pytest.fixture(scope="session")
def rendered(taken_in: TakenIn) -> list[tuple[str, str]]:
    """(note, prompt) of each case."""
    schema = polars_schema(DeidentifiedNote)
    unseen = {"phi_spans_removed": [], "phi_gate": "pass", "phi_gate_rules": [], "stand_ins": []}
    stays = taken_in.intake.encounters.with_columns(
        pl.lit(value, dtype=schema[name]).alias(name) for name, value in unseen.items()
    ).select(schema.keys())
    return synthesise_cases(stays).cases.select("completion", "prompt").rows()

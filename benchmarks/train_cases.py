"""The cases of the training benchmarks: rendered from the sample's invented patients, of any number."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from edscribe_pipelines.clinical.records import DeidentifiedNote, polars_schema
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines.intake.mimic.facts_only import write_facts
from edscribe_pipelines.intake.sample import write_sample

SEED = 20_260_101


def rendered_cases(patients: int) -> pl.DataFrame:
    """Return patient_key, prompt and completion of the stays of `patients`, those of a patient together."""
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder), seed=SEED, patients=patients)
        facts = Path(folder) / "facts.parquet"
        write_facts(Path(folder) / "mimic", facts)
        schema = polars_schema(DeidentifiedNote)
        nothing = {name: pl.lit([], dtype=schema[name]) for name in ("phi_spans_removed", "phi_gate_rules")}
        stays = pl.read_parquet(facts).with_columns(phi_gate=pl.lit("pass"), **nothing).select(list(schema))
        cases = synthesise_cases(stays).cases.sort("patient_key", "case_id")
        return cases.select("patient_key", "prompt", "completion")

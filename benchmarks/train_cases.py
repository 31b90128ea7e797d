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


def rendered_cases(patients: int, seed: int = SEED) -> pl.DataFrame:
    """Return case_id, patient_key, prompt and completion of the stays of `patients`, those of a patient together.

    Their order is that of the release, and so are the ids of the cases: intake's own are random in every run.
    """
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder), seed=seed, patients=patients)
        facts = Path(folder) / "facts.parquet"
        write_facts(Path(folder) / "mimic", facts)
        schema = polars_schema(DeidentifiedNote)
        lists = ("phi_spans_removed", "phi_gate_rules", "stand_ins")
        nothing = {name: pl.lit([], dtype=schema[name]) for name in lists}
        stays = pl.read_parquet(facts).with_columns(phi_gate=pl.lit("pass"), **nothing).select(list(schema))
        cases = synthesise_cases(stays).cases.with_row_index()
        cases = cases.sort(pl.col("index").min().over("patient_key"), "index")
        numbered = cases.with_columns(case_id=pl.format("c-{}", pl.col("index").cast(pl.String).str.zfill(5)))
        return numbered.select("case_id", "patient_key", "prompt", "completion")

"""The corpus held to Great Expectations, inside the asset that stores it.

Results keep success and counts alone (`BOOLEAN_ONLY`): every fuller format embeds failing note text. The
context is ephemeral, so nothing is written, and analytics are switched off before the import.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, get_args

import polars as pl

from edscribe_pipelines.clinical.records import DataUse, Tier

_GATES = ("gate_sections", "gate_guardrails", "gate_decision_making", "gate_disposition", "gate_phi")
_COLUMNS = ("case_id", "patient_key", "tier", "data_use", "completion", *_GATES)


@dataclass(frozen=True)
class ExpectationResult:
    """Whether one expectation holds on the `evaluated` rows."""

    name: str
    success: bool
    evaluated: int


def enforce_gates(cases: pl.DataFrame) -> list[ExpectationResult]:
    """Return the result of each expectation on `cases` (`GatedCase` rows). The caller stores nothing if
    one is not met."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("corpus").add_dataframe_asset("gated_cases")
    batch = asset.add_batch_definition_whole_dataframe("month").get_batch({"dataframe": cases[_COLUMNS].to_pandas()})
    return [_result(batch, expectation, cases.height) for expectation in _expectations()]


def _expectations() -> list[Any]:
    from great_expectations import expectations as stock

    from edscribe_pipelines.corpus.note_expectations import (
        ExpectNotesToBreakNoGuardrail,
        ExpectNotesToHaveTwelveSections,
    )

    never_null = [stock.ExpectColumnValuesToNotBeNull(column=column) for column in _COLUMNS]
    never_failed = [stock.ExpectColumnValuesToBeInSet(column=gate, value_set=_VERDICTS) for gate in _GATES]
    return [
        *never_null,
        stock.ExpectColumnValuesToBeUnique(column="case_id"),
        stock.ExpectColumnValuesToBeInSet(column="tier", value_set=list(get_args(Tier))),
        stock.ExpectColumnValuesToBeInSet(column="data_use", value_set=list(get_args(DataUse))),
        *never_failed,
        ExpectNotesToHaveTwelveSections(column="completion"),
        ExpectNotesToBreakNoGuardrail(column="completion"),
    ]


_VERDICTS = ["pass", "not_assessable"]
"""The verdicts of `records.Verdict` that let a case into the corpus."""


def _result(batch: Any, expectation: Any, rows: int) -> ExpectationResult:
    outcome = batch.validate(expectation, result_format="BOOLEAN_ONLY")
    return ExpectationResult(f"{expectation.expectation_type}:{expectation.column}", bool(outcome.success), rows)

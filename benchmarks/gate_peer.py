"""The peer of `gate.py`: custom expectations as Great Expectations' documentation writes them, one a gate.

Each is a column map expectation that judges every note on its own and is validated on its own. A column map metric
sees one column, so the notes are judged without the facts of their stays.
"""

from __future__ import annotations

from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics import ColumnMapMetricProvider, column_condition_partial

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.deidentify.checking.gate import phi_findings


def _expectation(gate: str, passes: Any) -> Any:
    name = f"column_values.peer_{gate}"

    class Metric(ColumnMapMetricProvider):
        condition_metric_name = name

        @column_condition_partial(engine=PandasExecutionEngine)
        def _pandas(cls, column: pd.Series, **_: Any) -> pd.Series:  # noqa: N805
            return column.map(passes).astype(bool)

    return type(f"ExpectPeer{gate.title().replace('_', '')}", (ColumnMapExpectation,), {"map_metric": name})


def _passes(gate: str) -> Any:
    return lambda note: check_note(note).gates[gate] != "fail"


_EXPECTATIONS = [
    *(_expectation(gate, _passes(gate)) for gate in ("sections", "guardrails", "decision_making", "disposition")),
    _expectation("phi", lambda note: not phi_findings(note, [])),
]


def hold(notes: pd.DataFrame) -> list[bool]:
    """Return whether each expectation is met by the column `completion`."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("peer").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": notes})
    expectations = [expectation(column="completion") for expectation in _EXPECTATIONS]
    return [bool(batch.validate(each, result_format="BOOLEAN_ONLY").success) for each in expectations]

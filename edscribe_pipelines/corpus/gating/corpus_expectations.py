"""What the corpus expects of a month's mix, in Great Expectations' terms.

Importing this module imports Great Expectations: see `note_expectations.py`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import polars as pl
from great_expectations.execution_engine import ExecutionEngine, PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnAggregateExpectation
from great_expectations.expectations.metrics import ColumnAggregateMetricProvider
from great_expectations.expectations.metrics.metric_provider import metric_value

from edscribe_pipelines.corpus.gating.strata import acceptance_by


class LostStrata(ColumnAggregateMetricProvider):
    """How many values of the column are of stays of which too few became cases."""

    metric_name = "column.lost_strata"

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(cls, execution_engine: PandasExecutionEngine, metric_domain_kwargs: dict[str, Any], **_: Any) -> int:  # noqa: N805
        table, _, of = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type="column")
        stays = pl.from_pandas(table[[of["column"], "cases"]])
        return int(acceptance_by(stays, of["column"])["lost"].sum())


class ExpectNoStratumToBeLost(ColumnAggregateExpectation):
    """The stays of each stratum became cases as often as those of the others, within the bound."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (LostStrata.metric_name,)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> dict[str, Any]:
        return {"success": metrics[LostStrata.metric_name] == 0}

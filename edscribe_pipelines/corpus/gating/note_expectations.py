"""What the corpus expects of a text, in Great Expectations' terms.

The text is judged anew, by the same rules as at the gates, as it is about to be stored. All expectations depend
on one metric of the table, so each text is judged once.

Importing this module imports Great Expectations, which takes seconds: only `expectations.py` does it,
and only when it runs.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics import ColumnMapMetricProvider, column_condition_partial
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration

from edscribe_pipelines.corpus.gating.judgement import CRITICAL, judge

_JUDGEMENTS = "table.judgements"


class Judgements(TableMetricProvider):
    """For each row of the table the reasons against it; a row without a text has none here."""

    metric_name = _JUDGEMENTS

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(cls, execution_engine: PandasExecutionEngine, metric_domain_kwargs: dict[str, Any], **_: Any) -> Any:  # noqa: N805
        table, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type="table")
        rows = zip(table["prompt"], table["completion"], table["tier"], table["facts"], strict=True)
        return pd.Series([_reasons(*row) for row in rows], index=table.index, dtype=object)


def _reasons(prompt: str, note: str | None, tier: Any, facts: Any) -> frozenset[str]:
    if not isinstance(note, str):
        return frozenset()
    judgement = judge(prompt, note, tier, facts.encounter)
    return frozenset([*judgement.reasons, *([CRITICAL] if judgement.is_critical else [])])


class _Judged(ColumnMapMetricProvider):
    """True of a text against which the judgement does not have `reason`."""

    reason: ClassVar[str]

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, _metrics: dict[str, Any], **_: Any) -> pd.Series:  # noqa: N805
        reasons = _metrics[_JUDGEMENTS].loc[column.index]
        return pd.Series([cls.reason not in each for each in reasons], index=column.index, dtype=bool)

    @classmethod
    def _get_evaluation_dependencies(cls, metric: MetricConfiguration, *args: Any, **kwargs: Any) -> dict[str, Any]:
        dependencies = super()._get_evaluation_dependencies(metric, *args, **kwargs)
        if metric.metric_name.endswith(".condition"):
            domain = {name: value for name, value in metric.metric_domain_kwargs.items() if name != "column"}
            dependencies[_JUDGEMENTS] = MetricConfiguration(_JUDGEMENTS, domain)
        return dependencies


class SectionsPass(_Judged):
    condition_metric_name = "column_values.sections_pass"
    reason = "gate_sections"


class GuardrailsPass(_Judged):
    condition_metric_name = "column_values.guardrails_pass"
    reason = "gate_guardrails"


class DecisionMakingPasses(_Judged):
    condition_metric_name = "column_values.decision_making_passes"
    reason = "gate_decision_making"


class DispositionPasses(_Judged):
    condition_metric_name = "column_values.disposition_passes"
    reason = "gate_disposition"


class PhiPasses(_Judged):
    condition_metric_name = "column_values.phi_passes"
    reason = "gate_phi"


class NothingIsCritical(_Judged):
    condition_metric_name = "column_values.nothing_is_critical"
    reason = CRITICAL


class ExpectNotesToHaveTwelveSections(ColumnMapExpectation):
    """Every note has the twelve sections, none of them empty."""

    map_metric = SectionsPass.condition_metric_name


class ExpectNotesToBreakNoGuardrail(ColumnMapExpectation):
    """No note breaks a clinical rule that blocks."""

    map_metric = GuardrailsPass.condition_metric_name


class ExpectNotesToShowDecisionMaking(ColumnMapExpectation):
    """Every note with reasoning of its own shows its medical decision making."""

    map_metric = DecisionMakingPasses.condition_metric_name


class ExpectNotesToSayDispositionAndWhy(ColumnMapExpectation):
    """Every note with reasoning of its own has a disposition with its rationale."""

    map_metric = DispositionPasses.condition_metric_name


class ExpectTextsToHoldNoPhi(ColumnMapExpectation):
    """Neither prompt nor note holds the shape of an identifier."""

    map_metric = PhiPasses.condition_metric_name


class ExpectNoCriticalFinding(ColumnMapExpectation):
    """No note has a critical finding."""

    map_metric = NothingIsCritical.condition_metric_name

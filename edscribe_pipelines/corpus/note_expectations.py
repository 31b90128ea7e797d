"""What the corpus expects of a note, in Great Expectations' terms.

Importing this module imports Great Expectations, which takes seconds: only `expectations.py` does it,
and only when it runs.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics import ColumnMapMetricProvider, column_condition_partial

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.note import section_states
from edscribe_pipelines.clinical.vitals.checks import check_vitals


class NoteHasTwelveSections(ColumnMapMetricProvider):
    """True of a note in which no section is missing or empty."""

    condition_metric_name = "column_values.note_has_twelve_sections"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, **_: Any) -> pd.Series:  # noqa: N805
        return column.map(_is_complete).astype(bool)


class NoteBreaksNoGuardrail(ColumnMapMetricProvider):
    """True of a note without a critical finding about vital signs or doses."""

    condition_metric_name = "column_values.note_breaks_no_guardrail"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, **_: Any) -> pd.Series:  # noqa: N805
        return column.map(_is_safe).astype(bool)


class ExpectNotesToHaveTwelveSections(ColumnMapExpectation):
    """Expect every note to have the twelve sections, none of them empty."""

    map_metric = NoteHasTwelveSections.condition_metric_name


class ExpectNotesToBreakNoGuardrail(ColumnMapExpectation):
    """Expect no note to hold an impossible vital sign or a dose above a critical limit."""

    map_metric = NoteBreaksNoGuardrail.condition_metric_name


def _is_complete(note: str) -> bool:
    return not {"missing", "empty"} & set(section_states(note).values())


def _is_safe(note: str) -> bool:
    return not any(finding["severity"] == "critical" for finding in (*check_vitals(note), *check_doses(note)))

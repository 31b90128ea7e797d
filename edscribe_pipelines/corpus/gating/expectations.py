"""What a month's corpus is held to before it is stored.

Expectations on each chunk's cases judge the texts anew as they will be stored. Those on the month look at the stays:
that each is accounted for, and, as warnings alone, how many became cases and of whom the corpus is.
"""

from __future__ import annotations

from typing import get_args

import pandas as pd
import polars as pl

from edscribe_pipelines.clinical.records import DataUse, DeidentifiedNote, Tier
from edscribe_pipelines.corpus.gating.gates import VERDICTS, facts_of
from edscribe_pipelines.corpus.gating.strata import bounds
from edscribe_pipelines.corpus.gating.validation import Expectation, Outcome, outcomes

WARNINGS = ("size", "acceptance", "acuity_mix", "complaint_mix")
"""The expectations that a corpus may miss: it is stored with a warning."""

_COLUMNS = ("case_id", "patient_key", "tier", "data_use", "prompt", "completion", *VERDICTS)
_LETS_IN = ["pass", "not_assessable"]
"""The verdicts of `records.Verdict` that let a case into the corpus."""


class _Facts:
    """An encounter in a cell: hashed by identity, and nothing of it in its representation."""

    def __init__(self, encounter: DeidentifiedNote) -> None:
        self.encounter = encounter


def hold_cases(cases: pl.DataFrame, encounters: pl.DataFrame) -> list[Outcome]:
    """Return what came of each expectation on `GatedCase` rows about `encounters`. All must be met."""
    facts = [_Facts(encounter) for encounter in facts_of(cases, encounters)]
    table = cases.select(_COLUMNS).to_pandas().assign(facts=pd.Series(facts, dtype=object))
    return outcomes(table, _of_cases)


def hold_month(stays: pl.DataFrame, recorded: int) -> list[Outcome]:
    """Return what came of each expectation on the rows of `stays_of_month`, of which `recorded` cases were counted.

    All but those of `WARNINGS` must be met.
    """
    columns = stays.select(
        "case_id", "acuity", "complaint", "cases", "critical", places=pl.col("cases") + pl.col("quarantined")
    )
    return outcomes(columns.to_pandas(), lambda: _of_month(recorded))


def _of_cases() -> list[Expectation]:
    from great_expectations import expectations as stock

    from edscribe_pipelines.corpus.gating import note_expectations as ours

    judged = {
        "gate_sections": ours.ExpectNotesToHaveTwelveSections,
        "gate_guardrails": ours.ExpectNotesToBreakNoGuardrail,
        "gate_decision_making": ours.ExpectNotesToShowDecisionMaking,
        "gate_disposition": ours.ExpectNotesToSayDispositionAndWhy,
        "gate_phi": ours.ExpectTextsToHoldNoPhi,
        "no_critical_finding": ours.ExpectNoCriticalFinding,
    }
    of_values = {"tier": list(get_args(Tier)), "data_use": list(get_args(DataUse)), **dict.fromkeys(VERDICTS, _LETS_IN)}
    return [
        *(Expectation(name, str(rule.__doc__), rule(column="completion")) for name, rule in judged.items()),
        *(
            Expectation(
                f"{column}:known",
                f"{column} is one of: {', '.join(values)}.",
                stock.ExpectColumnValuesToBeInSet(column=column, value_set=values),
            )
            for column, values in of_values.items()
        ),
        *(
            Expectation(
                f"{column}:present", f"Every case has {column}.", stock.ExpectColumnValuesToNotBeNull(column=column)
            )
            for column in _COLUMNS
        ),
    ]


def _of_month(recorded: int) -> list[Expectation]:
    from great_expectations import expectations as stock

    from edscribe_pipelines.corpus.gating.corpus_expectations import ExpectNoStratumToBeLost

    least, share = int(bounds()["cases_at_least"]), bounds()["acceptance_at_least"]
    return [
        Expectation(
            "case_id:once", "No case is twice in the corpus.", stock.ExpectColumnValuesToBeUnique(column="case_id")
        ),
        Expectation(
            "stay:once",
            "Every stay is in the corpus or in quarantine, once.",
            stock.ExpectColumnValuesToBeInSet(column="places", value_set=[1]),
        ),
        Expectation(
            "stay:known", "Every case is of a stay that came in.", stock.ExpectColumnValuesToNotBeNull(column="acuity")
        ),
        Expectation(
            "cases:recorded",
            "The corpus holds as many cases as were counted.",
            stock.ExpectColumnSumToBeBetween(column="cases", min_value=recorded, max_value=recorded),
        ),
        Expectation(
            "stored_findings",
            "No stored finding is critical.",
            stock.ExpectColumnValuesToBeInSet(column="critical", value_set=[0]),
        ),
        Expectation(
            "size",
            f"The corpus holds at least {least} case.",
            stock.ExpectColumnSumToBeBetween(column="cases", min_value=least),
        ),
        Expectation(
            "acceptance",
            f"At least {share:.0%} of the stays became cases.",
            stock.ExpectColumnMeanToBeBetween(column="cases", min_value=share, max_value=1),
        ),
        Expectation(
            "acuity_mix",
            "No triage acuity lost more of its stays than the others.",
            ExpectNoStratumToBeLost(column="acuity"),
        ),
        Expectation(
            "complaint_mix",
            "No category of complaints lost more of its stays than the others.",
            ExpectNoStratumToBeLost(column="complaint"),
        ),
    ]

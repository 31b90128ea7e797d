"""Great Expectations run on a table in memory.

Results keep success alone (`BOOLEAN_ONLY`): every fuller format embeds failing note text, and so may the message
of an exception, which is dropped here, too. The context is ephemeral, so no result is written, and analytics are
switched off before the import.

Its data docs are not used: their pages load scripts from six other hosts. `expectations_page.py` writes ours.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd


class Expectation(NamedTuple):
    """What is expected: `rule` is an expectation of Great Expectations, `meaning` says it to people."""

    name: str
    meaning: str
    rule: Any


@dataclass(frozen=True)
class Outcome:
    """Whether an expectation was met on `rows` rows."""

    name: str
    meaning: str
    met: bool
    rows: int


def outcomes(table: pd.DataFrame, expectations: Callable[[], list[Expectation]]) -> list[Outcome]:
    """Return what came of each expectation on `table`, all of them in one pass: metrics that several need are
    computed once. `expectations` is called once Great Expectations may be imported."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("corpus").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("month").get_batch({"dataframe": table})
    expected = expectations()
    for expectation in expected:
        expectation.rule.meta = {"name": expectation.name}
    suite = gx.ExpectationSuite("corpus", expectations=[expectation.rule for expectation in expected])
    results = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    met = {_name(result) for result in results if result.success}
    return [Outcome(each.name, each.meaning, each.name in met, len(table)) for each in expected]


def _name(result: Any) -> str:
    return str(result.expectation_config.meta["name"])


def together(chunks: Iterable[list[Outcome]]) -> list[Outcome]:
    """Return the outcomes of several tables as those of one: met where all of them met it."""
    whole: dict[str, Outcome] = {}
    for outcome in (outcome for chunk in chunks for outcome in chunk):
        before = whole.get(outcome.name, replace(outcome, rows=0))
        whole[outcome.name] = replace(outcome, met=outcome.met and before.met, rows=outcome.rows + before.rows)
    return list(whole.values())

"""The metrics of this package as a module of Hugging Face's `evaluate`.

    evaluate.load("<folder of this file>", keep_in_memory=True).compute(
        predictions=[...], references=[...], prompts=[...])

returns `{"overall": {...}, "cases": [...]}`, for notes of the twelve sections or of those given as `sections`. It
needs no network. Without `keep_in_memory`, `evaluate`
writes the notes to a file in its cache while it computes.
"""

from collections.abc import Collection
from typing import Any

import datasets
import evaluate

from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.evaluate.metrics import METRICS, score_notes, summarise

_INPUTS = """predictions: the generated notes
references: the notes they should equal
prompts: what each note was generated from"""


class EdNote(evaluate.Metric):
    """Figures of generated emergency-department notes."""

    def _info(self) -> evaluate.MetricInfo:
        columns = ("predictions", "references", "prompts")
        return evaluate.MetricInfo(
            description="\n".join(f"{metric.name}: {metric.meaning}" for metric in METRICS),
            citation="",
            inputs_description=_INPUTS,
            features=datasets.Features({column: datasets.Value("string") for column in columns}),
        )

    def _compute(
        self,
        predictions: list[str],
        references: list[str],
        prompts: list[str],
        sections: Collection[str] = SECTIONS,
    ) -> dict[str, Any]:
        cases = score_notes(list(prompts), list(references), list(predictions), sections)
        return {"overall": summarise(cases, sections), "cases": cases}

"""Our replacements as operators of Presidio's anonymizer, for those who run its engine themselves.

    engine = AnonymizerEngine()
    for operator in OPERATORS:
        engine.add_anonymizer(operator)
    engine.anonymize(text, results, {"DATE": OperatorConfig("safe_harbor", {"writer": SafeHarbor()})})

`Replacement.apply` writes the same text in one pass: the engine copies the whole text once a span.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from presidio_anonymizer.entities import InvalidParamError, OperatorConfig
from presidio_anonymizer.operators import Operator, OperatorType

from edscribe_pipelines.deidentify.replacing.date_shift import DateShift
from edscribe_pipelines.deidentify.replacing.replacement import Writer
from edscribe_pipelines.deidentify.replacing.safe_harbor import SafeHarbor
from edscribe_pipelines.deidentify.replacing.surrogates import Surrogates


class _WritingOperator(Operator):
    """Takes one parameter, `writer`, of the class `takes`."""

    name: ClassVar[str]
    takes: ClassVar[type]

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        assert params is not None
        return str(params["writer"].write(text, params["entity_type"]))

    def validate(self, params: dict[str, Any] | None = None) -> None:
        if not isinstance((params or {}).get("writer"), self.takes):
            raise InvalidParamError(f"The operator {self.name} needs a writer of the class {self.takes.__name__}")

    def operator_name(self) -> str:
        return self.name

    def operator_type(self) -> OperatorType:
        return OperatorType.Anonymize


class SafeHarborOperator(_WritingOperator):
    name, takes = "safe_harbor", SafeHarbor


class DateShiftOperator(_WritingOperator):
    name, takes = "date_shift", DateShift


class SurrogateOperator(_WritingOperator):
    name, takes = "surrogate", Surrogates


OPERATORS = (SafeHarborOperator, DateShiftOperator, SurrogateOperator)


def operator_configs(writers: Mapping[str, Writer]) -> dict[str, OperatorConfig]:
    """Return `Replacement.writers` as the engine takes them, by type of entity."""
    names: dict[type, str] = {operator.takes: operator.name for operator in OPERATORS}
    return {span_type: OperatorConfig(names[type(writer)], {"writer": writer}) for span_type, writer in writers.items()}

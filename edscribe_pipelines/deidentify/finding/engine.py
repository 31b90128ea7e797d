"""Presidio's analyzer with the clinical recognizer, and with those that a site adds.

No threshold and no lemma context is in use: a find of ours carries its context in its rule, and any find of a
site's recognizer counts. Such a recognizer reads the text alone: no model runs over whole texts, so one that asks
Presidio for tokens or entities finds none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import regex

from edscribe_pipelines.deidentify.finding.by_line.language_model import nlp_engine
from edscribe_pipelines.deidentify.finding.rules import phi_categories
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.time_limit import Limited
from edscribe_pipelines.deidentify.packaged_model import LANGUAGE
from edscribe_pipelines.errors import BadInput

Finder = Callable[[str], Iterable[Span]]

_RULE = "rule"
_HOW_TO = "See 'No-code recognizers' in Presidio's documentation."


def as_recognizer(name: str, find: Finder) -> Any:
    """Return a Presidio EntityRecognizer that reports what `find` finds in a text."""
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    class FinderRecognizer(EntityRecognizer):
        def load(self) -> None:
            """A finder comes ready."""

        def analyze(self, text: str, entities: list[str], nlp_artifacts: Any) -> list[RecognizerResult]:
            return [
                RecognizerResult(span.type, span.start, span.end, 1.0, recognition_metadata={_RULE: span.rule})
                for span in find(text)
            ]

    return FinderRecognizer(supported_entities=sorted(phi_categories()), name=name)


def read_recognizers(path: Path) -> list[Any]:
    """Return the recognizers of a site's file, in the YAML form of Presidio's registry.

    Raises BadInput where one cannot be used, so that none is left out in silence.
    """
    return [_recognizer(f"{path}, recognizer {number}", entry) for number, entry in enumerate(_entries(path), start=1)]


def _entries(path: Path) -> list[dict[str, Any]]:
    import yaml

    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["recognizers"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError) as error:
        problem = f"not a YAML file with a list of `recognizers` ({type(error).__name__})"
        raise BadInput(str(path), problem, remedy=_HOW_TO) from None
    if not isinstance(entries, list) or not entries:
        raise BadInput(str(path), "its `recognizers` are no list, or an empty one", remedy=_HOW_TO)
    return entries


def _recognizer(where: str, entry: dict[str, Any]) -> Any:
    from presidio_analyzer import RecognizerRegistry

    registry = RecognizerRegistry(supported_languages=[LANGUAGE])
    try:
        registry.add_pattern_recognizer_from_dict(entry)
        (recognizer,) = registry.recognizers
        recognizer.analyze("", recognizer.supported_entities, nlp_artifacts=_no_artifacts())
    except (AttributeError, KeyError, TypeError, ValueError, regex.error) as error:
        problem = f"not a pattern recognizer of Presidio ({type(error).__name__})"
        raise BadInput(where, problem, remedy=_HOW_TO) from None
    _check(recognizer, where)
    _limit(recognizer)
    return recognizer


def _limit(recognizer: Any) -> None:
    """Put a pattern recognizer under the limit of time."""
    flags = recognizer.global_regex_flags
    for pattern in recognizer.patterns:
        pattern.compiled_with_flags, pattern.compiled_regex = flags, Limited(regex.compile(pattern.regex, flags=flags))


def _check(recognizer: Any, where: str) -> None:
    """Refuse what Presidio would leave out without a word."""
    if recognizer.supported_language != LANGUAGE:
        raise BadInput(where, f"not for the language `{LANGUAGE}`, so it would never run", field="supported_language")


class Analyzer:
    """Presidio's AnalyzerEngine around `find` and `others`."""

    def __init__(self, find: Finder, others: Sequence[Any] = ()) -> None:
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

        registry = RecognizerRegistry(supported_languages=[LANGUAGE])
        for recognizer in others:
            _check(recognizer, f"recognizer {recognizer.name}")
        for recognizer in (as_recognizer("clinical", find), *others):
            registry.add_recognizer(recognizer)
        self._engine = AnalyzerEngine(
            registry=registry,
            nlp_engine=nlp_engine(),
            supported_languages=[LANGUAGE],
            context_aware_enhancer=_no_enhancer(),
        )

    def analyze(self, text: str, for_this_text: Sequence[Any] = ()) -> Iterator[Span]:
        """Yield what the recognizers find; `for_this_text` are recognizers for this call alone."""
        results = self._engine.analyze(
            text, LANGUAGE, ad_hoc_recognizers=list(for_this_text), nlp_artifacts=_no_artifacts()
        )
        return map(_find_of, results)


def _find_of(result: Any) -> Span:
    metadata = result.recognition_metadata or {}
    return Span(result.start, result.end, result.entity_type, metadata.get(_RULE) or _site_rule(metadata))


def _site_rule(metadata: dict[str, Any]) -> str:
    from presidio_analyzer import RecognizerResult

    return f"site:{metadata.get(RecognizerResult.RECOGNIZER_NAME_KEY, 'unnamed')}"


@cache
def _no_enhancer() -> Any:
    from presidio_analyzer import RecognizerResult
    from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer

    class NoEnhancer(ContextAwareEnhancer):
        """Scores stay as they are: Presidio's own enhancer copies every find to raise scores nobody reads."""

        def enhance_using_context(
            self,
            text: str,
            raw_results: list[RecognizerResult],
            nlp_artifacts: Any,
            recognizers: list[Any],
            context: list[str] | None = None,
        ) -> list[RecognizerResult]:
            return raw_results

    return NoEnhancer(0, 0, 0, 0)


@cache
def _no_artifacts() -> Any:
    """Return what spares Presidio a pass of the model over whole texts; it is asked line by line."""
    from presidio_analyzer.nlp_engine import NlpArtifacts

    return NlpArtifacts([], nlp_engine().nlp[LANGUAGE].make_doc(""), [], [], nlp_engine(), LANGUAGE)

"""What looks for PHI inside Presidio: our rules, and spaCy's persons and cities as far as they are trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import regex

from edscribe_pipelines.deidentify.finding.gazetteer import is_city, is_given_name, is_ordinary, is_surname
from edscribe_pipelines.deidentify.finding.protected import ProtectedPhrases, protected_phrases
from edscribe_pipelines.deidentify.finding.rules import phi_categories, phi_rules
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.tables import word_list

Finder = Callable[[str], Iterable[Span]]
Entity = tuple[int, int, str, str]
"""Start, end, text and label of what the model names."""

_RULE = "rule"
_NAME_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’\-](?!s\b)\p{L}[\p{L}\p{M}]*)*")
_LONGEST_LINE = 2_000
_LINES_REMEMBERED = 20_000


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


def find_of(result: Any) -> Span:
    return Span(result.start, result.end, result.entity_type, result.recognition_metadata[_RULE])


def find_by_rules(text: str) -> Iterator[Span]:
    """Yield what the rules of `tables/phi_rules.csv` find, as far as each is trusted."""
    protected = protected_phrases(text)
    for rule in phi_rules():
        for find in rule.finds(text):
            if _is_trusted(find, rule.strength, text, protected):
                yield find


def _is_trusted(find: Span, strength: str, text: str, protected: ProtectedPhrases) -> bool:
    if strength in ("shape", "context"):
        return True
    if protected.cover(find):
        return False
    value = text[find.start : find.end]
    if strength == "city":
        return is_city(value) and not is_ordinary(value) and not _is_region(value)
    words = _NAME_WORD.findall(value)
    if strength == "pair":
        return _is_pair(words)
    if strength == "surname":
        return _is_surname_in_small_letters(value)
    return strength == "cue" or any(_is_listed(word) for word in words)


def _is_region(place: str) -> bool:
    return any(place in word_list(name) for name in ("state", "country", "not_name"))


def _is_listed(word: str) -> bool:
    return not is_ordinary(word) and (is_given_name(word) or (word[0].isupper() and is_surname(word)))


def _is_surname_in_small_letters(word: str) -> bool:
    is_name = is_surname(word) or is_given_name(word)
    return is_name and not is_ordinary(word) and word.capitalize() not in word_list("not_name")


def _is_pair(words: list[str]) -> bool:
    """Whether "First Last" or "Last, First" is two listed names, at most one of them an ordinary word."""
    first, last = words[0], words[-1]
    named = (is_given_name(first) and is_surname(last)) or (is_surname(first) and is_given_name(last))
    return named and not (is_ordinary(first) and is_ordinary(last))


class EntityFinder:
    """Finds the persons and cities that a language model sees on a line, as far as they read like one.

    The model alone calls Foley, Toradol and every heading a person: here each word must be written like a
    name and one must be listed or not be ASCII. Lines without such a word never reach the model, and lines
    repeat between notes, so their entities are remembered.
    """

    def __init__(self, entities_of: Callable[[str], list[Entity]]) -> None:
        self._believed = lru_cache(maxsize=_LINES_REMEMBERED)(
            lambda line: tuple(entity for entity in entities_of(line) if _is_person(entity) or _is_known_city(entity))
        )

    def find(self, text: str) -> Iterator[Span]:
        protected = protected_phrases(text)
        for offset, line in _lines(text):
            if any(_is_suspect(word) for word in _NAME_WORD.findall(line)):
                yield from (span for span in self._spans(offset, line) if not protected.cover(span))

    def _spans(self, offset: int, line: str) -> Iterator[Span]:
        for start, end, _, label in self._believed(line):
            span_type = "NAME" if label == "PERSON" else "CITY"
            yield Span(offset + start, offset + end, span_type, f"model_{label.lower()}")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for line in text.splitlines(keepends=True):
        for start in range(0, len(line), _LONGEST_LINE):
            yield offset + start, line[start : start + _LONGEST_LINE]
        offset += len(line)


def _is_suspect(word: str) -> bool:
    written_as_name = word[0].isupper() and not word.isupper()
    return written_as_name and word not in word_list("not_name") and (not word.isascii() or _is_listed(word))


def _is_person(entity: Entity) -> bool:
    _, _, text, label = entity
    words = _NAME_WORD.findall(text)
    return (
        label == "PERSON"
        and not any(character.isdigit() for character in text)
        and all(word[0].isupper() and word not in word_list("not_name") for word in words)
        and any(_is_suspect(word) for word in words)
    )


def _is_known_city(entity: Entity) -> bool:
    _, _, text, label = entity
    return label == "GPE" and is_city(text) and not is_ordinary(text) and not _is_region(text)

"""What spaCy's small English model sees: persons and cities, believed only as far as they read like one.

The model alone calls Foley, Toradol and every heading a person. It is asked about lines on which a word may be
a name or not (Grace, Small) and nothing else decided; only its `ner` runs, which has a tok2vec of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from edscribe_pipelines.deidentify.finding.by_line.names import is_possible_name
from edscribe_pipelines.deidentify.finding.gazetteer import is_city, is_ordinary
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.words import Word, words_of
from edscribe_pipelines.deidentify.packaged_model import LANGUAGE, load_model
from edscribe_pipelines.deidentify.tables import word_list

_BATCH = 128


@cache
def nlp_engine() -> Any:
    """Return spaCy behind Presidio's interface."""
    engine = load_model()
    engine.nlp[LANGUAGE].select_pipes(enable="ner")
    return engine


def entities_of(lines: Sequence[str]) -> Iterator[list[Span]]:
    """Yield for each line the persons and cities to believe."""
    for document in nlp_engine().nlp[LANGUAGE].pipe(lines, batch_size=_BATCH):
        yield [span for entity in document.ents for span in _believed(entity)]


def _believed(entity: Any) -> Iterator[Span]:
    if entity.label_ == "PERSON" and not any(character.isdigit() for character in entity.text):
        for word in words_of(entity.text):
            if is_possible_name(word):
                yield _placed(word, entity.start_char, "NAME", "model_person")
    if entity.label_ == "GPE" and _is_known_city(entity.text):
        yield Span(entity.start_char, entity.end_char, "CITY", "model_gpe")


def _placed(word: Word, offset: int, span_type: str, rule: str) -> Span:
    return Span(offset + word.start, offset + word.end, span_type, rule)


def _is_known_city(place: str) -> bool:
    is_region = any(place in word_list(name) for name in ("state", "country", "not_name"))
    return is_city(place) and not is_ordinary(place) and not is_region

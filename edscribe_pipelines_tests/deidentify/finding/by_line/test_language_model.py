"""What is believed of the model: persons whose words may be names, and cities that exist."""

from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.by_line.language_model import entities_of, nlp_engine
from edscribe_pipelines.deidentify.packaged_model import LANGUAGE

PERSON = "Yesterday Grace Hunter told us that he fell."


def believed(line: str) -> list[tuple[str, str]]:
    (spans,) = entities_of([line])
    return [(line[span.start : span.end], span.type) for span in spans]


def test_person_of_ordinary_words_is_believed_word_by_word() -> None:
    assert believed(PERSON) == [("Grace", "NAME"), ("Hunter", "NAME")]


def test_city_is_believed_if_it_exists() -> None:
    assert ("Baltimore", "CITY") in believed("He moved here from Baltimore last year.")


@pytest.mark.parametrize("line", ["He moved here from Texas last year.", "She flew in from France."])
def test_state_and_country_are_not_believed(line: str) -> None:
    assert not believed(line)


def test_lines_are_answered_in_their_order() -> None:
    lines = ["No complaint.", PERSON, ""] * 100
    assert [len(spans) for spans in entities_of(lines)] == [0, 2, 0] * 100


def test_only_the_entity_recognizer_of_the_model_runs() -> None:
    assert nlp_engine().nlp[LANGUAGE].pipe_names == ["ner"]

from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.standing import stands_as_person
from edscribe_pipelines.deidentify.finding.words import words_of


def _stands(line: str, word: str) -> bool:
    words = list(words_of(line))
    return stands_as_person(line, words, [each.text for each in words].index(word))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("ophtho fox saw her", "fox"),
        ("Banks (cards) agrees", "Banks"),
        ("pcp fields cc'd", "fields"),
        ("micu poor p04333 accepts", "poor"),
        ("Lake from psych agrees", "Lake"),
        ("Security (Black) told", "Black"),
        ("others: brown (Z15), stable", "brown"),
        ("reviewed w love cards", "love"),
    ],
)
def test_role_or_deed_beside_a_word_makes_it_a_person(line: str, word: str) -> None:
    assert _stands(line, word)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("brown stool, guaiac negative", "brown"),
        ("Questions? Call the nurse line", "Call"),
        ("long bone fracture", "long"),
        ("PATIENT LONG SLEEVE", "LONG"),
    ],
)
def test_ordinary_word_elsewhere_is_no_person(line: str, word: str) -> None:
    assert not _stands(line, word)

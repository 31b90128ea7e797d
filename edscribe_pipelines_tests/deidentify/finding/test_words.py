from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.finding.words import fold, words_of


def test_name_with_apostrophe_and_hyphen_is_several_words() -> None:
    assert [word.text for word in words_of("O'Neil-Voss's 3rd")] == ["O", "Neil", "Voss", "s", "3rd"]


def test_accents_of_their_own_belong_to_the_word() -> None:
    assert [word.text for word in words_of("Nun\u0303ez, Đặng")] == ["Nun\u0303ez", "Đặng"]


@given(st.text())
def test_words_stand_where_they_say(text: str) -> None:
    words = list(words_of(text))
    assert all(text[word.start : word.end] == word.text for word in words)
    assert all(left.end < right.start for left, right in pairwise(words))


@pytest.mark.parametrize("spelling", ["José", "JOSÉ", "Jose\u0301", "jose"])
def test_spellings_of_a_word_fold_to_one(spelling: str) -> None:
    assert fold(spelling) == "jose"

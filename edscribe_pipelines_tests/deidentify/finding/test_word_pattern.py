from __future__ import annotations

import regex
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.finding.word_pattern import word_pattern

WORDS = st.sets(st.text("aAb. -(é", min_size=1, max_size=4), min_size=1, max_size=12)


@given(WORDS, st.text("aAb. -(é", max_size=12))
def test_pattern_matches_what_a_list_of_regex_matches(words: set[str], text: str) -> None:
    listed = regex.compile(r"\L<words>(?![b.])", words=words)
    spans = [match.span() for match in regex.finditer(word_pattern(words) + "(?![b.])", text)]
    assert spans == [match.span() for match in listed.finditer(text)]


def test_longest_of_two_words_wins() -> None:
    assert regex.match(word_pattern(["Mass", "Massachusetts"]), "Massachusetts").end() == len("Massachusetts")

from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.by_line.names import find_unlisted_names
from edscribe_pipelines.deidentify.finding.protected import ProtectedPhrases
from edscribe_pipelines.deidentify.finding.words import words_of


def _names(line: str) -> list[str]:
    words = list(words_of(line))
    finds = find_unlisted_names(line, words, ProtectedPhrases(line, words))
    return [line[find.start : find.end] for find in finds]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("seen with Tarquilla today", ["Tarquilla"]),
        ("seen with tanaka today", ["tanaka"]),
        ("erdoğan at bedside", ["erdoğan"]),
        ("her niece Ji-woo stays", ["Ji", "woo"]),
    ],
)
def test_word_of_no_vocabulary_is_a_name(line: str, names: list[str]) -> None:
    assert _names(line) == names


@pytest.mark.parametrize("line", ["Tylenol 650 mg PO x1", "Foley placed, 400 mL out", "1430 pain 3/10, asleep"])
def test_clinical_words_are_no_names(line: str) -> None:
    assert _names(line) == []


def test_words_that_are_also_names_are_found_as_last_and_first_name() -> None:
    assert _names("LAKE, Frank   45 yo") == ["LAKE", "Frank"]


def test_initial_with_a_full_stop_makes_a_word_a_surname() -> None:
    assert _names("scope by T. Stone at noon") == ["Stone"]


@pytest.mark.parametrize("line", ["shock at 200 J. Horner syndrome", "L. hand numb"])
def test_side_or_unit_is_no_initial(line: str) -> None:
    assert _names(line) == []


def test_given_name_beyond_a_middle_initial_is_found() -> None:
    assert _names("Decedent is Amber C. Lopez") == ["Amber", "Lopez"]


def test_rare_given_name_in_small_letters_goes_with_its_surname() -> None:
    assert _names("bp in tunde balogun, posterior") == ["tunde", "balogun"]


def test_surname_behind_a_given_name_is_no_clinical_phrase() -> None:
    assert _names("driven here by Jacob Weber") == ["Jacob", "Weber"]


def test_state_behind_a_city_is_no_name() -> None:
    assert "MA" not in _names("lives in Tarquilla, MA 01234")

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.finding.by_line.lines import lines_of, with_plain_signs

LONGEST = 2_000
WRAPPED = (
    "The patient came in by ambulance with his wife and her sister, Ms. Oda\nVossberg, who saw him fall.\nPlan: rest."
)


@given(st.text(st.sampled_from("aB .:\n\r\u2028\x0b\t-é1"), max_size=400))
def test_lines_hold_every_character_where_it_was(text: str) -> None:
    covered = set()
    for line in lines_of(text):
        for place, character in enumerate(line.text, start=line.offset):
            assert character == text[place] or (character == " " and text[place].isspace())
            assert place not in covered
            covered.add(place)
    assert all(character.isspace() for place, character in enumerate(text) if place not in covered)


def test_name_over_a_wrapped_line_end_stands_on_one_line() -> None:
    first, second = lines_of(WRAPPED)
    assert "Oda Vossberg, who" in first.text
    assert second.text == "Plan: rest."


def test_short_line_is_not_joined_to_the_next() -> None:
    assert [line.text for line in lines_of("Oda\nVossberg fell")] == ["Oda", "Vossberg fell"]


def test_blank_lines_are_left_out() -> None:
    assert [line.offset for line in lines_of("a\n\n \t\nb")] == [0, 6]


def test_long_line_is_cut_at_blanks() -> None:
    text = "word " * 2_000
    lines = list(lines_of(text))
    assert all(len(line.text) <= LONGEST and line.text.endswith("word ") for line in lines)
    assert "".join(line.text for line in lines) == text


def test_wrapped_text_without_end_is_cut_too() -> None:
    text = ("word " * 15 + "end\n") * 500
    assert all(len(line.text) <= LONGEST for line in lines_of(text))


@pytest.mark.parametrize("line", ["555–0132", "call 415\u00a0555‑0132, (x–y)", "plain 5-6"])
def test_plain_signs_move_no_character(line: str) -> None:
    plain = with_plain_signs(line)
    assert len(plain) == len(line)
    assert "–0" not in plain

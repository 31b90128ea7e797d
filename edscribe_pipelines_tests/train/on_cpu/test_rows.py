"""The cases of a step as one row: nothing is lost, nothing is padded, and what they share stands in it once."""

from __future__ import annotations

from typing import Any

import pytest

from edscribe_pipelines.train.on_cpu.rows import NOT_LEARNED, as_one_row

SYSTEM = [7, 8, 9]


def lesson(tokens: list[int], learned: int) -> dict[str, Any]:
    """A lesson whose last `learned` tokens have a label, ten times the token."""
    told = len(tokens) - learned
    return {
        "input_ids": tokens,
        "labels": [NOT_LEARNED] * told + [10 * token for token in tokens[told:]],
        "attention_mask": [1] * len(tokens),
    }


def rows_of(*lessons: dict[str, Any]) -> tuple[list[int], list[int], list[int]]:
    row = as_one_row(lessons)
    assert {name: values.shape[0] for name, values in row.items()} == dict.fromkeys(row, 1)
    assert row["attention_mask"].all()
    return tuple(row[name][0].tolist() for name in ("input_ids", "labels", "position_ids"))  # type: ignore[return-value]


def test_shared_beginning_stands_in_the_row_once_and_the_others_go_on_behind_it() -> None:
    tokens, labels, places = rows_of(
        lesson([*SYSTEM, 1, 2], 1), lesson([*SYSTEM, 3, 4, 5], 2), lesson([*SYSTEM, 6, 1], 1)
    )
    assert tokens == [7, 8, 9, 1, 2, 3, 4, 5, 6, 1]
    assert labels == [-100, -100, -100, -100, 20, -100, 40, 50, -100, 10]
    assert places == [0, 1, 2, 3, 4, 3, 4, 5, 3, 4]


def test_one_lesson_alone_is_itself() -> None:
    assert rows_of(lesson([*SYSTEM, 1, 2], 2)) == ([7, 8, 9, 1, 2], [-100, -100, -100, 10, 20], [0, 1, 2, 3, 4])


def test_lessons_with_nothing_in_common_each_begin_at_the_first_place() -> None:
    tokens, _, places = rows_of(lesson([1, 2, 3], 1), lesson([2, 2, 3, 4], 1))
    assert tokens == [1, 2, 3, 2, 2, 3, 4]
    assert places == [0, 1, 2, 0, 1, 2, 3]


def test_identical_lessons_share_what_has_no_loss_and_each_keeps_its_learned_tokens() -> None:
    same = lesson([*SYSTEM, 1, 2, 3], 2)
    tokens, labels, places = rows_of(same, same)
    assert tokens == [7, 8, 9, 1, 2, 3, 2, 3]
    assert labels == [-100, -100, -100, -100, 20, 30, 20, 30]
    assert places == [0, 1, 2, 3, 4, 5, 4, 5]


@pytest.mark.parametrize("longer", [0, 1])
def test_token_that_only_one_of_them_learns_is_not_shared(longer: int) -> None:
    lessons = [lesson([*SYSTEM, 1, 2], 1), lesson([*SYSTEM, 1, 2], 2)]
    tokens, labels, _ = rows_of(lessons[longer], lessons[1 - longer])
    assert tokens == [7, 8, 9, 1, 2, 1, 2]
    assert sum(label != NOT_LEARNED for label in labels) == 3


def test_lesson_that_is_all_shared_adds_nothing() -> None:
    tokens, _, places = rows_of(lesson([*SYSTEM, 1], 1), lesson(SYSTEM, 0), lesson([*SYSTEM, 2], 1))
    assert (tokens, places) == ([7, 8, 9, 1, 2], [0, 1, 2, 3, 3])

import random

import polars as pl
import pytest

from edscribe_pipelines.corpus.splitting import comparison
from edscribe_pipelines.corpus.splitting.comparison import compare_groups
from edscribe_pipelines_tests.corpus.invented import note


def notes_with_likenesses(count: int, words: int) -> pl.DataFrame:
    """Return notes in two groups, each second one a version of the one before it with up to a fifth changed."""
    chance = random.Random(3)
    rows = []
    for number in range(count // 2):
        said = note(number, words).split(" ")
        changed = list(said)
        for _ in range(chance.randrange(max(2, words // 5))):
            changed[chance.randrange(len(changed))] = f"other {chance.randrange(50)}"
        rows += [(" ".join(said), "train"), (" ".join(changed), "test")]
    return pl.DataFrame(rows, schema=["completion", "group"], orient="row")


def found(notes: pl.DataFrame, similarity: float) -> set[tuple[int, int, float]]:
    compared = compare_groups(notes, similarity).filter(pl.col("similarity") >= similarity)
    return {(one, other, round(value, 9)) for one, other, value in compared["one", "other", "similarity"].iter_rows()}


@pytest.mark.parametrize("similarity", [0.7, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("words", [4, 12, 60])
def test_search_finds_exactly_what_comparing_every_pair_finds(
    monkeypatch: pytest.MonkeyPatch, similarity: float, words: int
) -> None:
    notes = notes_with_likenesses(400, words)
    every = found(notes, similarity)
    monkeypatch.setattr(comparison, "PAIR_BY_PAIR", 0)
    assert found(notes, similarity) == every
    assert len(every) > 0


def test_pairs_within_a_group_are_not_compared() -> None:
    notes = pl.DataFrame({"completion": [note(1), note(1), note(2)], "group": ["train", "train", "test"]})
    assert set(compare_groups(notes, 0.9)["one", "other"].rows()) == {(0, 2), (1, 2)}


def test_search_compares_few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "PAIR_BY_PAIR", 0)
    assert compare_groups(notes_with_likenesses(400, 60), 0.9).height < 400


@pytest.mark.parametrize("pair_by_pair", [0, 500])
def test_nothing_gives_nothing(monkeypatch: pytest.MonkeyPatch, pair_by_pair: int) -> None:
    monkeypatch.setattr(comparison, "PAIR_BY_PAIR", pair_by_pair)
    empty = pl.DataFrame(schema={"completion": pl.String, "group": pl.String})
    assert compare_groups(empty, 0.9).columns == ["one", "other", "group", "group_other", "similarity"]

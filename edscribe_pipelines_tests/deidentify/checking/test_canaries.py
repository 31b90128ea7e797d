from __future__ import annotations

from collections.abc import Sequence

import pytest

from edscribe_pipelines.deidentify.checking.canaries import CanaryReport, check_canaries
from edscribe_pipelines.deidentify.finding.spans import Deidentified
from edscribe_pipelines.deidentify.remover import Note, Remover
from edscribe_pipelines.tables import read_table

FOLDER = "edscribe_pipelines.deidentify.tables"
ROWS = read_table("canaries.csv", FOLDER)
CATEGORIES = {row["category"] for row in read_table("phi_types.csv", FOLDER)}
NOTES = [
    "HPI: chest pain since lunch.\nEXAM: lungs clear.\nPLAN: discharge.",
    "One line, no more.",
    "",
    "PMH:\n\nasthma",
]


class _Sleeping(Remover):
    """Removes nothing, and remembers what it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def remove_all(self, notes: Sequence[Note]) -> list[Deidentified]:
        self.texts += [note.text for note in notes]
        return [Deidentified(note.text, ()) for note in notes]


def survivors_without_remover(seed: int, notes: Sequence[str] = ()) -> tuple[CanaryReport, list[str]]:
    sleeping = _Sleeping()
    return check_canaries(sleeping, seed, notes), sleeping.texts


@pytest.mark.parametrize("seed", range(20))
def test_no_canary_survives(whole_remover: Remover, seed: int) -> None:
    report = check_canaries(whole_remover, seed, NOTES * 10)
    assert [(ROWS[each.row]["sentence"], each.text) for each in report.surviving] == []


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_each_category_has_five_sentences_labels_and_prose_among_them(category: str) -> None:
    rows = [row for row in ROWS if row["category"] == category]
    assert len({row["sentence"] for row in rows}) >= 5
    assert {row["form"] for row in rows} == {"label", "prose"}
    assert sum(len(row["value"].split("|")) for row in rows) > len(rows)


def test_canaries_of_all_categories_survive_a_remover_that_does_nothing() -> None:
    report, _ = survivors_without_remover(7)
    assert len(report.survivors) == report.planted == len(ROWS)
    assert set(report.survivors) == set(report.planted_by_category) == CATEGORIES


def test_survivor_says_where_the_canary_stands() -> None:
    report, texts = survivors_without_remover(7, NOTES)
    for survivor in report.surviving:
        before, after = ROWS[survivor.row]["sentence"].split("{}")
        text = texts[survivor.text]
        assert text[: survivor.start].endswith(before)
        assert text[survivor.end :].startswith(after)


def test_copies_keep_every_line_of_their_notes() -> None:
    report, texts = survivors_without_remover(3, NOTES)
    assert report.planted == len(ROWS) + 5 * len(NOTES)
    assert len(texts) == 1 + len(NOTES)
    for note in NOTES:
        assert any(set(note.splitlines()) <= set(text.splitlines()) for text in texts[1:])


def test_only_forty_copies_are_made_of_many_notes() -> None:
    assert len(survivors_without_remover(3, NOTES * 100)[1]) == 41


def test_seed_decides_what_is_planted() -> None:
    first, again, other = (survivors_without_remover(seed, NOTES)[1] for seed in (1, 1, 2))
    assert first == again != other


def test_report_holds_no_text() -> None:
    report, texts = survivors_without_remover(5, ["Quelvin drank water."])
    assert "Quelvin" in texts[1]
    assert "Quelvin" not in repr(report)
    canary = report.surviving[0]
    assert texts[canary.text][canary.start : canary.end] not in repr(report)

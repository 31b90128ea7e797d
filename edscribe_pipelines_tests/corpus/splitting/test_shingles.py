import polars as pl
import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.splitting.shingles import note_shingles, similarities
from edscribe_pipelines_tests.builders import gated_case
from edscribe_pipelines_tests.corpus.invented import note

PLAIN = note(1)


def similarity(one: str, other: str) -> float:
    shingles = note_shingles(pl.Series([one, other]), seed=1)
    pair = pl.DataFrame({"one": [0], "other": [1]}, schema={"one": pl.UInt32, "other": pl.UInt32})
    return similarities(shingles, pair)["similarity"].item()


@pytest.mark.parametrize(
    "same",
    [
        PLAIN.upper(),
        PLAIN.lower(),
        PLAIN.replace(" ", "  ").replace("\n\n", "\n \n\n"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(".", " ;"),
        "\n\n".join(reversed(PLAIN.split("\n\n"))),
        PLAIN.replace(f"ALLERGIES\n{NOT_DOCUMENTED}\n\n", ""),
    ],
    ids=["upper case", "lower case", "white space", "line ends", "punctuation", "sections reordered", "empty section"],
)
def test_layout_does_not_count(same: str) -> None:
    assert same != PLAIN
    assert similarity(PLAIN, same) == 1.0


def test_similarity_is_jaccards_of_the_word_pairs() -> None:
    assert similarity("chest pain since noon", "chest pain since dawn") == pytest.approx(3 / 5)
    assert similarity("HR 90", "HR 91") == pytest.approx(1 / 3)
    assert similarity("T 98.4", "T 98 4") < 1


def test_one_changed_number_is_seen() -> None:
    number = next(word for word in PLAIN.split() if word.isdigit())
    assert 0.9 < similarity(PLAIN, PLAIN.replace(number, "777", 1)) < 1


def test_notes_that_share_nothing_but_the_template_are_not_alike() -> None:
    one, other = (
        "\n\n".join(
            f"{heading(section)}\n{said if section == 'Medications' else NOT_DOCUMENTED}" for section in SECTIONS
        )
        for said in ("Home medications: aspirin.", "Home medications: metoprolol.")
    )
    assert similarity(one, other) == 0


def test_empty_note_has_no_shingles() -> None:
    assert note_shingles(pl.Series(["", NOT_DOCUMENTED]), seed=1).is_empty()


@pytest.mark.parametrize(
    "label", ["Chief complaint:", "Home medications:", "Triage vital signs:", "Dispensed:", "Recorded diagnoses:"]
)
def test_label_of_a_rendered_note_does_not_count(label: str) -> None:
    rendered = gated_case()["completion"]
    assert label in rendered
    assert similarity(rendered, rendered.replace(label, "")) == 1.0

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.reading.cues import cues_in, spelled_out
from edscribe_pipelines.tables import read_table

CELLS = [row for row in read_table("context_cues.csv") if row["direction"] != "section"]
WORDS = st.sampled_from(
    [*(cue for row in CELLS for cue in spelled_out(row["cues"])), "pain", ";", "é", "’", "\n", "(-)"]
)


def test_alternatives_in_brackets_are_spelled_out() -> None:
    assert list(spelled_out("rules (him|the patient) out;no")) == ["rules him out", "rules the patient out", "no"]


@pytest.mark.parametrize("row", CELLS, ids=lambda row: f"{row['context']}-{row['direction']}-{row['status']}")
def test_every_cue_is_found_where_it_stands_alone(row: dict[str, str]) -> None:
    for cue in spelled_out(row["cues"]):
        assert [text for start, end, _ in cues_in(f"Pain {cue}, pain") if (text := f"Pain {cue}, pain"[start:end])] == [
            cue
        ]


@given(st.lists(WORDS).map(" ".join))
def test_cues_stand_in_order_and_begin_and_end_with_a_word(text: str) -> None:
    places = [(start, end) for start, end, _ in cues_in(text)]
    assert all(end <= start for (_, end), (start, _) in pairwise(places))
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in places)


def test_a_cue_is_cited_once_for_each_of_its_effects() -> None:
    effects = [(row["context"], row["direction"], cue) for row in CELLS for cue in spelled_out(row["cues"])]
    assert len({row["direction"] for row in CELLS} - {"forward", "backward", "end", "pseudo", "verb", "heading"}) == 0
    assert sorted({effect for effect in effects if effects.count(effect) > 1}) == []

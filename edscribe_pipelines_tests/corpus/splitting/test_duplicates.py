import random

import polars as pl
import pytest

from edscribe_pipelines.corpus.splitting.duplicates import find_duplicates, in_order_of_arrival
from edscribe_pipelines.corpus.splitting.shingles import note_shingles
from edscribe_pipelines_tests.corpus.invented import SEED, case, frame, note, physician_case

CASES = frame(*(case(number) for number in range(200)))


def one_number_changed(text: str, number: int) -> str:
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if word.isdigit()]
    words[random.Random(number).choice(places)] = "999"
    return " ".join(words)


def duplicates(*rows: dict[str, object]) -> dict[str, str]:
    found = find_duplicates(frame(*rows), 0.9, SEED)
    return dict(found["case_id", "duplicate_of"].iter_rows())


def test_different_notes_stay() -> None:
    assert find_duplicates(CASES, 0.9, SEED).is_empty()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_near_duplicates_go_and_nothing_else(seed: int) -> None:
    planted = frame(*(case(1000 + n, completion=one_number_changed(note(n), n)) for n in range(0, 200, 4)))
    found = find_duplicates(pl.concat([CASES, planted]), 0.9, seed)
    assert dict(found["case_id", "duplicate_of"].iter_rows()) == {
        f"c-{1000 + n:06}": f"c-{n:06}" for n in range(0, 200, 4)
    }
    assert found["similarity"].is_between(0.9, 1, closed="left").all()


def test_same_note_goes_with_similarity_one() -> None:
    found = find_duplicates(frame(case(1), case(2, completion=note(1).upper())), 0.9, SEED)
    assert found.rows() == [("c-000002", "c-000001", 1.0)]


def test_similarity_is_exact_and_decides() -> None:
    near = one_number_changed(note(1), 1)
    one, other = (set(note_shingles(pl.Series([text]), SEED)["shingle"]) for text in (note(1), near))
    exact = len(one & other) / len(one | other)
    rows = frame(case(1), case(2, completion=near))
    assert find_duplicates(rows, exact, SEED)["similarity"].to_list() == [exact]
    assert find_duplicates(rows, exact + 0.001, SEED).is_empty()


def test_what_an_earlier_month_kept_stays_whatever_comes_later() -> None:
    near = [note(1)]
    for step in range(8):
        near.append(one_number_changed(near[-1], step))
    rows = [case(number, completion=text) for number, text in enumerate(near)]
    decided = [set(duplicates(*rows[:count])) for count in range(1, len(rows) + 1)]
    for latest, before, after in zip(rows[1:], decided, decided[1:], strict=False):
        assert before <= after <= before | {latest["case_id"]}


def test_no_two_that_stay_are_alike_where_likeness_drifts() -> None:
    text, rows = note(1), []
    for number in range(30):
        rows.append(case(number, completion=text))
        text = one_number_changed(text, number)
    gone = duplicates(*rows)
    staying = frame(*(row for row in rows if row["case_id"] not in gone))
    assert 1 < staying.height < 30
    assert find_duplicates(staying, 0.9, SEED).is_empty()


def test_two_stays_with_the_same_few_facts_count_once() -> None:
    sparse = (
        "CHIEF COMPLAINT\nChest pain\n\nHISTORY OF PRESENT ILLNESS\nChief complaint: Chest pain. Triage acuity ESI 3."
    )
    assert duplicates(case(1, completion=sparse), case(2, completion=sparse)) == {"c-000002": "c-000001"}


def test_physicians_case_stays_before_a_drafted_and_a_rendered_one_of_its_month() -> None:
    rendered, drafted, own = case(1), case(2, tier="drafted", note_origin="model"), physician_case(3)
    month = frame(*({**row, "completion": note(1)} for row in (rendered, drafted, own)))
    found = find_duplicates(in_order_of_arrival([month]), 0.9, SEED)
    assert found["case_id"].to_list() == ["c-000002", "c-000001"]
    assert set(found["duplicate_of"]) == {"c-000003"}


def test_physicians_case_of_a_later_month_takes_no_earlier_case_out() -> None:
    months = [frame(case(1)), frame(physician_case(2, completion=note(1)))]
    found = find_duplicates(in_order_of_arrival(months), 0.9, SEED)
    assert found["case_id", "duplicate_of"].rows() == [("c-000002", "c-000001")]


def test_provenance_does_not_travel() -> None:
    assert "provenance" not in in_order_of_arrival([CASES]).columns


def test_correction_is_no_duplicate_of_what_it_corrects() -> None:
    correction = physician_case(2, "p-000001", revises="e-000001", completion=one_number_changed(note(1), 1))
    assert duplicates(case(1), correction) == {}


def test_stay_that_comes_again_is_no_duplicate_of_itself() -> None:
    assert duplicates(case(1), case(2), case(1)) == {}


def test_duplicate_of_a_superseded_note_stays_out() -> None:
    corrected = physician_case(3, "p-000001", revises="e-000001")
    assert duplicates(case(1), case(2, completion=note(1)), corrected) == {"c-000002": "c-000001"}


def test_case_that_comes_again_counts_as_it_came_last() -> None:
    assert duplicates(case(1), case(2, completion=note(1)), case(2)) == {}
    assert duplicates(case(1), case(2), case(2, completion=note(1))) == {"c-000002": "c-000001"}


def test_nothing_has_no_duplicates() -> None:
    found = find_duplicates(CASES.clear(), 0.9, SEED)
    assert found.is_empty()
    assert found.columns == ["case_id", "duplicate_of", "similarity"]

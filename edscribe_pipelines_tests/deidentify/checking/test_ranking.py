from __future__ import annotations

from edscribe_pipelines.deidentify.checking.ranking import rank_for_review

CLEAN = "[NAME] is a 54 y/o man with SOB after a fall. Toradol 15 mg given, MRN [MRN]. ___ agrees. Seen in [DATE 2024]."
LEAKY = "Discussed with Maren Tolliver of Quincy, Massachusetts on March 14th, cell 415-555-0132. Toradol 15 mg given."


def test_note_with_rare_names_comes_before_notes_of_common_words() -> None:
    ranked = rank_for_review(["a", "b", "c", "d"], [CLEAN, CLEAN, LEAKY, CLEAN])
    assert [note_id for note_id, _ in ranked] == ["c", "a", "b", "d"]
    assert ranked[0][1] > 5 * ranked[1][1]


def test_only_a_bounded_number_of_notes_is_read_from_all_over_the_run() -> None:
    ids = [str(number) for number in range(1001)]
    ranked = rank_for_review(ids, ["Stable."] * len(ids))
    assert 100 < len(ranked) <= 200
    assert max(int(note_id) for note_id, _ in ranked) > 900


def test_no_notes_and_empty_notes_are_ranked() -> None:
    assert rank_for_review([], []) == []
    assert rank_for_review(["a"], [""]) == [("a", 0.0)]

from __future__ import annotations

from edscribe_pipelines.evaluate.copying import score_copying

PROMPT = "Triage: HR 98, SpO2 97%, T 98.4 F\nHome medications: aspirin; insulin glargine"


def score(note, reference_contents, generated_contents):
    return score_copying(PROMPT, note(reference_contents), note(generated_contents))


def test_identical_note_keeps_everything(note):
    contents = {
        "Physical Examination": "HR 98, SpO2 97%",
        "Medications": "Home medications: aspirin; insulin glargine.",
    }
    figures = score(note, contents, contents)
    shares = [value for name, value in figures.items() if name.endswith(("recall", "precision"))]
    assert shares == [1.0] * 5


def test_one_wrong_digit_is_a_number_lost_and_a_number_invented(note):
    figures = score(note, {"Physical Examination": "HR 98, SpO2 97%"}, {"Physical Examination": "HR 93, SpO2 97%"})
    assert (figures["number_recall"], figures["number_precision"]) == (0.5, 0.5)
    assert (figures["numbers"], figures["numbers_not_in_prompt"]) == (2, 1)


def test_swapped_values_pass_as_numbers_but_not_as_items(note):
    figures = score(note, {"Physical Examination": "HR 98, RR 97"}, {"Physical Examination": "HR 97, RR 98"})
    assert (figures["number_recall"], figures["item_recall"]) == (1.0, 0.0)


def test_line_in_the_wrong_section_is_not_kept(note):
    assert score(note, {"Allergies": "penicillin"}, {"Medications": "penicillin"})["item_recall"] == 0.0


def test_invented_drug_is_counted_and_a_lost_one_lowers_recall(note):
    figures = score(note, {"Medications": "aspirin; insulin glargine"}, {"Medications": "aspirin, warfarin"})
    assert (figures["medication_recall"], figures["medication_precision"]) == (0.5, 0.5)
    assert figures["medications_not_in_prompt"] == 1


def test_part_of_a_drug_name_is_another_drug(note):
    assert score(note, {"Medications": "insulin glargine"}, {"Medications": "insulin"})["medication_recall"] == 0.0


def test_digits_of_names_codes_and_list_marks_are_not_numbers(note):
    contents = {"Medical Decision Making": "1. Chest pain (ICD-10 R07.9)\n2. SpO2 low"}
    assert score(note, contents, contents)["numbers"] == 0


def test_formatting_does_not_make_another_number(note):
    figures = score(note, {"Physical Examination": "T 98.4"}, {"Physical Examination": "T 98.40"})
    assert figures["number_recall"] == 1.0


def test_shares_of_nothing_are_none(note):
    figures = score(note, {"Allergies": "penicillin"}, {})
    assert figures["number_recall"] is None
    assert figures["number_precision"] is None
    assert figures["medication_precision"] is None

import pytest

from edscribe_pipelines.clinical.reading.sentences import sentences_of
from edscribe_pipelines.tables import read_table


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences_of(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Seen by Dr. Ortega and Mrs. Quill.",
        "Lives near St. Alban Hospital.",
        "Dissection vs. PE is open.",
        "Blood thinners, e.g. Xarelto, i.e. Factor Xa inhibitors.",
        "Metoprolol 12.5 mg p.o. b.i.d. was given.",
        "Aspirin 81 mg q.d. PRN.",
        "T 37.2 with HR 104.",
        "Given approx. 500 mL via No. 18 gauge.",
        "Wt. 70 kg and temp. 38.1 today.",
        "Afebrile; lungs clear; abdomen soft.",
        "1. Sore throat.",
        "- 2. Sore throat.",
        "Seen by Dr. A. Quill.",
        "Pt. denies fever.",
        "The pain began at 5 p.m. and went on.",
    ],
)
def test_stop_of_an_abbreviation_or_number_ends_nothing(sentence: str) -> None:
    assert said(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Has fever. No cough.", ["Has fever.", "No cough."]),
        ("no cp. no sob. abd soft", ["no cp. no sob.", "abd soft"]),
        ("Denies pain. 2 days of cough.", ["Denies pain.", "2 days of cough."]),
        ("Took 5 mg p.o. Then slept.", ["Took 5 mg p.o.", "Then slept."]),
        ('"It hurts!" He left? Yes', ['"It hurts!"', "He left?", "Yes"]),
        ("Hepatitis C. No ascites.", ["Hepatitis C.", "No ascites."]),
        ("• Cough\n• Fever\n- rash", ["• Cough", "• Fever", "- rash"]),
        ("aspirin\nlisinopril\nmetformin", ["aspirin", "lisinopril", "metformin"]),
        ("HPI:\ncough for a day", ["HPI:", "cough for a day"]),
        (
            "Cough.\r\n\r\nFever\u2028Rash\x85Pain\x0bPallor\rNausea",
            ["Cough.", "Fever", "Rash", "Pain", "Pallor", "Nausea"],
        ),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentence_ends_with_a_stop_or_its_line(text: str, sentences: list[str]) -> None:
    assert said(text) == sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "The patient has had pain in the chest since two\nhours and came by ambulance.",
        "The patient has had pain in the chest since two\r\n  hours and came by ambulance.",
        "Denies fever,\nchills or cough",
        "Pain of the chest and\narm",
    ],
)
def test_line_that_goes_on_in_small_letters_belongs_to_the_sentence_before(sentence: str) -> None:
    assert said(sentence) == [sentence]


@pytest.mark.parametrize("following", ["no fever", "allergies: none", "- rash", "Rash"])
def test_line_after_a_full_stop_or_with_a_label_begins_anew(following: str) -> None:
    before = "The patient has had pain in the chest since two hours."
    assert said(f"{before}\n{following}") == [before, following]


@pytest.mark.parametrize(
    "row", [row for row in read_table("abbreviations.csv") if row["goes_on_with"] == "small_letter"]
)
def test_every_abbreviation_before_small_letters_goes_on(row: dict[str, str]) -> None:
    for word in row["words"].split(";"):
        assert said(f"The {word}. denies") == [f"The {word}. denies"]

import pytest

from edscribe_pipelines.clinical.reading.who import who


@pytest.mark.parametrize(
    ("words", "age_years", "sex"),
    [
        ("A 54 year old woman.", 54, "F"),
        ("A 68 yo female", 68, "F"),
        ("93-year-old man", 93, "M"),
        ("31y/o M with pain", 31, "M"),
        ("41yoM with pain", 41, "M"),
        ("58 y.o. F", 58, "F"),
        ("54F c/o pain", 54, "F"),
        ("Pt 54 M with pain", 54, "M"),
        ("60-year-old African American gentleman", 60, "M"),
        ("77 yr old right-handed lady", 77, "F"),
        ("Age: 34  Sex: female", 34, "F"),
        ("Gender: M", None, "M"),
        ("18-month-old girl", 1, "F"),
        ("3 week old infant", 0, None),
        ("20 years old, unknown", 20, None),
        ("47 year old Mexican cook", 47, None),
        ("22 year old transgender man", 22, None),
        ("47 year old seen with a man", 47, None),
        ("4 years of pain", None, None),
        ("2-month-old fracture", None, None),
        ("Bed: 12 M", None, None),
        ("Temp: 101F", None, None),
        ("T 98.4 F", None, None),
        ("154 year old man", None, None),
        ("Her 50 year old brother died. She is 48 years old.", 48, None),
        ("Mother, a 70 year old woman, called.", None, None),
        ("His 4 yo son is ill.", None, None),
        ("52 year old. Later: this 52 year old woman", 52, "F"),
        ("52 year old. A 67 yo male", 52, None),
    ],
)
def test_age_and_sex_are_the_patients_own(words: str, age_years: int | None, sex: str | None) -> None:
    assert who(f"HPI: {words}") == (age_years, sex)


@pytest.mark.parametrize("heading", ["PMH", "Social History", "Family History"])
def test_ages_in_histories_are_of_others_or_of_other_days(heading: str) -> None:
    assert who(f"{heading}: 40 year old man with stroke") == (None, None)

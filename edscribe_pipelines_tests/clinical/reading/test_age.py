import pytest

from edscribe_pipelines.clinical.reading.age import age_years
from edscribe_pipelines.clinical.reading.parsed_note import parse_note


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("A 61 year old man with pain.", 61),
        ("61yo with pain", 61),
        ("61 y/o M with pain", 61),
        ("61 y.o. F", 61),
        ("61M with pain", 61),
        ("61-yr-old woman", 61),
        ("61 years of age", 61),
        ("CC: fall, 61 yr F", 61),
        ("Age: 61", 61),
        ("Age/Sex: 61/F", 61),
        ("7 month old with fever", 7 / 12),
        ("18-month-old girl", 1.5),
        ("3-week-old infant", 3 * 7 / 365.25),
        ("5 day old male", 5 / 365.25),
        ("Age: 7 months", 7 / 12),
        ("His mother is 80 years old. He is a 50 year old man.", 50),
        ("A fifty-four year old woman", 54),
        ("sixty-one Years Of Age", 61),
        ("a two-week-old", 2 * 7 / 365.25),
        ("HE’S FORTY-TWO, with pain", 42),
        ("This lady of eighty fell", 80),
        ("CC: pain\nPMH: stroke\nMDM: 61 year old with stroke", 61),
    ],
)
def test_age_is_the_one_stated_for_the_patient(text: str, age: float) -> None:
    assert age_years(parse_note(text)) == pytest.approx(age)


@pytest.mark.parametrize(
    "text",
    [
        "Her 50 year old brother died.",
        "PMH: seen at 40 years old for stroke",
        "Family History: 40 year old man with stroke",
        "2-month-old fracture",
        "4 years of pain",
        "Smoking since 20 years old",
        "Stroke when she was 45 years old",
        "1961 yo",
        "Temp: 101F",
        "Bed: 12 M",
        "154 year old man",
        "Dosage: 40",
        "",
    ],
)
def test_age_of_somebody_else_or_another_day_is_none(text: str) -> None:
    assert age_years(parse_note(text)) is None


@pytest.mark.parametrize(("said", "days"), [("24 d/o M, fever.", 24), ("6 w/o girl with fever.", 42)])
def test_infants_in_shorthand(said: str, days: int) -> None:
    assert age_years(parse_note(said)) == pytest.approx(days / 365, rel=0.05)


def test_without_is_no_age() -> None:
    assert age_years(parse_note("Pain 10 w/o radiation.")) is None

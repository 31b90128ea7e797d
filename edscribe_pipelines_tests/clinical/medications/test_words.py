import pytest

from edscribe_pipelines.clinical.medications.words import drugs_in


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("MSO4", "morphine"),
        ("Morphine Sulfat 4mg/1mL", "morphine"),
        ("Insulin Human Regular", "insulin regular"),
        ("lisinopril 10 mg", "lisinopril"),
        ("Atorvastatin", "atorvastatin"),
    ],
)
def test_drug_is_found_under_one_name(text: str, drug: str) -> None:
    assert {name for name, _, _ in drugs_in(text)} == {drug}


@pytest.mark.parametrize(
    "text", ["in April", "kidney stone", "digital", "cholesterol", "epigastric", "a magnet", "aspirins"]
)
def test_other_words_are_no_drugs(text: str) -> None:
    assert list(drugs_in(text)) == []


def test_place_is_that_of_the_whole_name() -> None:
    text = "Dispensed: Toprol, metoprolol tartrate"
    assert [text[start:end] for _, start, end in drugs_in(text)] == ["Toprol", "metoprolol tartrate"]

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.medications.names import drug_mentions, drugs_in, small_letters
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote


def named(text: str) -> list[tuple[str, str]]:
    return [(mention.drug, text[mention.start : mention.end]) for mention in drug_mentions(ParsedNote(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Toradol and ZOFRAN", [("ketorolac", "Toradol"), ("ondansetron", "ZOFRAN")]),
        ("morphine sulfate", [("morphine", "morphine sulfate")]),
        ("lidocaine 1% with epinephrine", [("lidocaine", "lidocaine 1% with epinephrine")]),
        ("racemic epinephrine", [("racemic epinephrine", "racemic epinephrine")]),
        ("insulin glargine", [("insulin glargine", "insulin glargine")]),
        ("İ aspirin", [("aspirin", "aspirin")]),
        ("\ud800 aspirin", [("aspirin", "aspirin")]),
        ("nonaspirin, heparinized, aspirins", []),
        ("lisinopril", [("lisinopril", "lisinopril")]),
        ("an unknown olol: fooolol", []),
    ],
)
def test_longest_name_at_the_borders_of_words_wins(text: str, found: list[tuple[str, str]]) -> None:
    assert named(text) == found


@pytest.mark.parametrize("text", ["MS 4 mg IV", "4 mg of MS", "MS IV 4 mg"])
def test_ambiguous_name_counts_beside_a_dose(text: str) -> None:
    assert named(text) == [("morphine", "MS")]


@pytest.mark.parametrize(
    "text",
    ["MS since 2010", "ms 4 mg", "potassium 3.2 mEq/L", "Mg 1.8 mg/dL", "K 4.1", "NE corner", "glucose 320 mg/dL"],
)
def test_ambiguous_name_is_no_drug_elsewhere(text: str) -> None:
    assert named(text) == []


@given(st.text())
def test_small_letters_keep_every_place(text: str) -> None:
    small = small_letters(text)
    assert len(small) == len(text)
    small.encode()


@given(st.lists(st.sampled_from(["aspirin", "MS", "4 mg", "İ", "ſ", "\ud800", "\0", " ", "-", "olol"])).map("".join))
def test_places_are_inside_any_text_and_in_order(text: str) -> None:
    mentions = drug_mentions(ParsedNote(text))
    places = [place for mention in mentions for place in (mention.start, mention.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


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

import pytest

from edscribe_pipelines_tests.deidentify.finding.known.mentions import found


def test_street_address_goes_as_a_whole_only() -> None:
    assert found("12 Elm Street, not elm", "home_address", "12 Elm Street") == ["12 Elm Street"]


@pytest.mark.parametrize("street", ["45 N Main St", "45 North Main Street", "45 Main", "North Main Street", "Main St",
                                    "45 main st"])  # fmt: skip
@pytest.mark.parametrize("value", ["45 N. Main Street", "45 North Main St, Apt 4, Quillhaven, NY 13021"])
def test_street_is_found_in_parts(value: str, street: str) -> None:
    assert found(f"at {street} now", "home_address", value) == [street]


@pytest.mark.parametrize(("text", "part"), [("of Quillhaven", "Quillhaven"), ("NY 13021", "13021"), ("in NY", "")])
def test_address_gives_its_city_and_zip_but_not_its_state(text: str, part: str) -> None:
    assert "".join(found(text, "home_address", "45 Main Street, Quillhaven, NY 13021")) == part


@pytest.mark.parametrize("text", ["2 long days", "a long way", "waited 2 days"])
def test_street_of_ordinary_words_stays_where_it_is_no_street(text: str) -> None:
    assert found(text, "home_address", "2 Long Way") == []


@pytest.mark.parametrize("name", ["Mount Auburn Hospital", "Mount Auburn", "mount auburn hospital", "MAH"])
def test_hospital_is_found_without_its_generic_words(name: str) -> None:
    assert found(f"at {name} today", "hospital", "Mount Auburn Hospital") == [name]


@pytest.mark.parametrize("name", ["St. Osyth's", "Saint Osyth's", "St Osyths"])
def test_saint_of_a_hospital_may_be_abbreviated(name: str) -> None:
    assert found(f"at {name}", "hospital", "St. Osyth's Hospital") == [name]


@pytest.mark.parametrize(
    ("value", "text"),
    [("Massachusetts General Hospital", "lives in Massachusetts"), ("Massachusetts General Hospital", "the hospital"),
     ("Mount Auburn Hospital", "mah"), ("Central Heart Foundation", "CHF"), ("General Hospital", "a general hospital"),
     ("Hospital", "the hospital"), ("Lane Clinic", "in the fast lane")],
)  # fmt: skip
def test_generic_words_and_clinical_acronyms_stay(value: str, text: str) -> None:
    assert found(text, "hospital", value) == []


def test_person_whose_surname_is_a_kind_of_street_is_a_person() -> None:
    assert found("N. Lane agrees", "clinician_name", "Nathan Lane") == ["N. Lane"]


@pytest.mark.parametrize(("text", "cities"), [("in Reading today", ["Reading"]), ("reading glasses", [])])
def test_city_that_is_a_word_counts_as_a_name_only(text: str, cities: list[str]) -> None:
    assert found(text, "city", "Reading") == cities


@pytest.mark.parametrize("text", ["m.ybarra@mail.example", "M.Ybarra@Mail.Example", "m.ybarra", "mybarra"])
def test_mail_is_found_whole_and_by_its_local_part(text: str) -> None:
    assert found(f"mail {text} now", "email", "m.ybarra@mail.example") == [text]


def test_local_part_that_is_a_common_word_stays() -> None:
    assert found("support and contact info", "email", "support@mail.example") == []


@pytest.mark.parametrize("text", ["http://www.wren.example/p1", "www.wren.example/p1", "wren.example/p1"])
def test_web_address_is_found_with_and_without_its_scheme(text: str) -> None:
    assert found(f"see {text} now", "url", "https://www.wren.example/p1") == [text]

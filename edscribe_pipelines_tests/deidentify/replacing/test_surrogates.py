from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.finding.rules import phi_categories
from edscribe_pipelines.deidentify.replacing.surrogates import Surrogates, bare
from edscribe_pipelines_tests.deidentify.replacing.marked import VALUES

KEY = b"a key of the tests"
TOLD_OTHERWISE = {"DATE", "AGE"}


def fake(value: str, span_type: str = "NAME", patient: str = "p", key: bytes = KEY) -> str:
    return Surrogates(key, patient, [(value, span_type)]).write(value, span_type)


def test_every_spelling_of_a_name_shares_its_fakes_in_its_own_case_and_order() -> None:
    given_name, surname = fake("Dennis Tamsek").split()
    assert fake("TAMSEK, DENNIS") == f"{surname.upper()}, {given_name.upper()}"
    assert fake("tamsek") == surname.lower()
    assert fake("Mr. Tamsek") == f"Mr. {surname}"
    assert fake("Tamsek's") == f"{surname}'s"
    assert fake("Dennis TAMSEK Jr.") == f"{given_name} {surname.upper()} Jr."
    assert fake("D. Tamsek") == f"{given_name[0]}. {surname}"
    assert {given_name, surname}.isdisjoint({"Dennis", "Tamsek"})


def test_accents_make_no_other_person() -> None:
    assert fake("Núñez") == fake("Nunez") == fake("Nun\u0303ez")


def test_another_patient_or_key_gives_other_fakes() -> None:
    for span_type, value in (
        ("NAME", "Tamsek"),
        ("MRN", "4482910"),
        ("CITY", "Port Voss"),
        ("URL", "www.voss.example"),
    ):
        written = {fake(value, span_type, patient=f"p{number}") for number in range(10)}
        assert len(written) > 7
        assert fake(value, span_type, key=b"another") != fake(value, span_type)


@pytest.mark.parametrize(
    ("span_type", "value", "pattern"),
    [
        ("NAME", "O'Neil-Voss", r"[A-Z][a-z]+-[A-Z][a-z]+"),
        ("NAME", "KM", r"[A-Z]{2}"),
        ("NAME", "李雷", r"[A-Z][a-z]+"),
        ("NAME", "Jan van Voss", r"[A-Z][a-z]+ (?!van)[a-z]{2,5} [A-Z][a-z]+"),
        ("HOSPITAL", "Mount Voss Medical Center", r"[A-Z][a-z]+ Medical Center"),
        ("HOSPITAL", "Mount Voss", r"[A-Z][a-z]+"),
        ("EMPLOYER", "Voss Marine LLC", r"[A-Z][a-z]+ LLC"),
        ("CITY", "port voss", r"[a-z]+"),
        ("ADDRESS", "415 N Voss Hill Rd Apt. 12", r"\d{3} N [A-Z][a-z]+ Hill Rd Apt\. \d\d"),
        ("ADDRESS", "42nd Street", r"\d\dnd (?!Street)[A-Z][a-z]+"),
        ("EMAIL", "oda.tamsek07@voss.example", r"[a-z]+\.[a-z]+\d\d@example\.org"),
        ("EMAIL", "ovoss at gmail dot com", r"[a-z]+ at example dot org"),
        ("URL", "https://www.voss.example/visit/oda7", r"https://www\.[a-z]+\.example\.org/[a-z]{5}/[a-z]{3}\d"),
        ("URL", "@oda_voss", r"@[a-z]{3}_[a-z]{4}"),
    ],
)
def test_fake_is_of_the_same_kind(span_type: str, value: str, pattern: str) -> None:
    assert re.fullmatch(pattern, fake(value, span_type))


def test_mail_name_and_street_share_the_fakes_of_a_name() -> None:
    values = [("Oda Tamsek", "NAME"), ("oda.tamsek@voss.example", "EMAIL"), ("4 Tamsek Road", "ADDRESS")]
    surrogates = Surrogates(KEY, "p", values)
    name, mail, street = (surrogates.write(*value) for value in values)
    assert mail == f"{name.lower().replace(' ', '.')}@example.org"
    assert street.split()[1] == name.split()[1]


def test_spellings_of_a_telephone_number_share_its_fake() -> None:
    spellings = ("(415) 231-7788", "415.231.7788", "+1 415 231 7788")
    digits = {re.sub(r"\D", "", fake(value, "PHONE"))[-10:] for value in spellings}
    assert len(digits) == 1


def test_fake_that_stands_in_the_note_gives_way_to_the_next() -> None:
    first = fake("Tamsek")
    written = Surrogates(KEY, "p", [("Tamsek", "NAME"), (first, "NAME")])
    assert written.write("Tamsek", "NAME") not in (first, "Tamsek")
    assert written.write(first, "NAME") not in (first, written.write("Tamsek", "NAME"))


def test_order_of_the_values_does_not_matter() -> None:
    values = [(f"{number}", "ROOM") for number in range(1, 9)] + [("Tamsek", "NAME"), ("Voss", "NAME")]
    forwards, backwards = Surrogates(KEY, "p", values), Surrogates(KEY, "p", values[::-1])
    assert [forwards.write(*value) for value in values] == [backwards.write(*value) for value in values]


def test_when_no_fake_is_left_the_tag_stands() -> None:
    values = [(f"{number}", "ROOM") for number in range(10)]
    assert {Surrogates(KEY, "p", values).write(*value) for value in values} == {"[ROOM]"}


@pytest.mark.parametrize(("value", "span_type"), [("Tamsek", "SOMETHING_ELSE"), ("--", "MRN"), ("3/14", "DATE")])
def test_what_has_no_fake_becomes_its_tag(value: str, span_type: str) -> None:
    assert fake(value, span_type) == f"[{span_type}]"


@settings(max_examples=150)
@example([("Ⅷ½", "NAME")])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(VALUES) | st.text(max_size=12),
            st.sampled_from(sorted(phi_categories().keys() - TOLD_OTHERWISE)),
        ),
        max_size=12,
    )
)
def test_no_fake_is_a_value_of_the_note_or_the_fake_of_another(values: list[tuple[str, str]]) -> None:
    surrogates = Surrogates(KEY, "p", values)
    originals = {bare(value) for value, _ in values if len(bare(value)) > 1}
    written = {value: bare(surrogates.write(*value)) for value in values if len(bare(value[0])) > 1}
    assert {mark for value, mark in written.items() if mark != bare(value[1])} & originals == set()

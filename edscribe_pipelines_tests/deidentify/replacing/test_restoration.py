from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import re

import pytest

from edscribe_pipelines.deidentify.replacing.replacement import Replacement
from edscribe_pipelines.deidentify.replacing.restoration import Pseudonymized
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines_tests.deidentify.replacing.marked import marked

TEXT, SPANS = marked(
    "Patient [[NAME Oda Tamsek]], [[AGE 94]] y/o, seen [[DATE 3/14/2024]] "
    "at [[HOSPITAL Mount Voss Hospital]], room [[ROOM 4]]."
)


@pytest.fixture
def note() -> Pseudonymized:
    return Replacement(key=b"a key of the tests").pseudonymize(TEXT, SPANS, "patient", 2024)


def fakes_of(note: Pseudonymized) -> tuple[str, ...]:
    match = re.match(r"Patient (\w+) (\w+), (\d+)\+ y/o, seen (\S+) at (\w+) Hospital, room (\[ROOM \d\])\.", note.text)
    assert match is not None
    return match.groups()


def test_names_come_back_alone_in_capitals_and_with_a_possessive(note: Pseudonymized) -> None:
    first, last, *_ = fakes_of(note)
    model = f"Mr. {last} came. {last.upper()} was well, {last}'s son too; {first} agreed. {last.lower()}, {first}"
    expected = "Mr. Tamsek came. TAMSEK was well, Tamsek's son too; Oda agreed. tamsek, Oda"
    assert note.restoration.restore(model) == expected


def test_fake_inside_another_word_stays(note: Pseudonymized) -> None:
    _, last, *_ = fakes_of(note)
    assert note.restoration.restore(f"{last}ville x{last}") == f"{last}ville x{last}"


def test_phrase_broken_over_lines_comes_back(note: Pseudonymized) -> None:
    place = fakes_of(note)[4]
    assert note.restoration.restore(f"At {place}\n  Hospital.") == "At Mount Voss Hospital."


def test_date_comes_back_in_the_format_that_the_model_chose(note: Pseudonymized) -> None:
    month, day, year = fakes_of(note)[3].split("/")
    assert note.restoration.restore(f"On {year}-{int(month):02}-{int(day):02} he fell.") == "On 2024-03-14 he fell."
    assert note.restoration.restore("On 2001-02-03 he fell.") == "On 2001-02-03 he fell."


def test_age_comes_back_only_as_an_age(note: Pseudonymized) -> None:
    age = fakes_of(note)[2]
    assert note.restoration.restore(f"A {age}-year-old, {age}+, SpO2 {age}%.") == f"A 94-year-old, 94, SpO2 {age}%."


def test_token_comes_back_and_its_number_alone_does_not(note: Pseudonymized) -> None:
    assert note.restoration.restore(f"Bed {fakes_of(note)[5]}, pain 1.") == "Bed 4, pain 1."


def test_closed_restoration_has_forgotten(note: Pseudonymized) -> None:
    with note.restoration as restoration:
        assert restoration.restore(note.text) == TEXT
    with pytest.raises(BadInput, match="closed"):
        note.restoration.restore(note.text)
    assert not any("Tamsek" in str(getattr(note.restoration, slot)) for slot in note.restoration.__slots__)


def test_nothing_shows_the_originals_or_the_note(note: Pseudonymized) -> None:
    shown = f"{note} {note!r} {note.restoration} {note.restoration!r} {json.dumps([note.restoration], default=str)}"
    assert not any(word in shown for word in ("Tamsek", "94", "Voss", "Patient"))
    assert "Tamsek" not in repr(note.restoration._originals)
    assert not hasattr(note.restoration, "__dict__")


@pytest.mark.parametrize(
    "leak",
    [copy.copy, copy.deepcopy, pickle.dumps, json.dumps, lambda restoration: restoration.__getstate__(), vars],
)
def test_restoration_is_neither_copied_nor_stored(note: Pseudonymized, leak: object) -> None:
    with pytest.raises(TypeError):
        leak(note.restoration)  # type: ignore[operator]


@pytest.mark.parametrize("leak", [copy.deepcopy, pickle.dumps, json.dumps, dataclasses.asdict])
def test_nor_is_what_holds_it(note: Pseudonymized, leak: object) -> None:
    with pytest.raises(TypeError):
        leak(note)  # type: ignore[operator]

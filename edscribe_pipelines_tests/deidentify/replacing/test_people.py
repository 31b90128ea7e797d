from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.replacing import people
from edscribe_pipelines.deidentify.replacing.draws import Draw
from edscribe_pipelines.deidentify.tables import FOLDER, word_list
from edscribe_pipelines.tables import read_table


@pytest.mark.parametrize("name", ["jane", "katherine", "john", "alexander", "tamsek", "vossberger", "ng", ""])
@pytest.mark.parametrize("letter", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
def test_every_kind_of_name_has_a_fake_for_every_letter(name: str, letter: str) -> None:
    other = people.fake_letter(letter, Draw(b"key", letter))
    assert other not in ("", letter)
    fakes = {people.fake_name(name, other, Draw(b"key", str(attempt)), attempt) for attempt in range(8)}
    assert {fake[0] for fake in fakes} == {other}
    assert {len(fake) >= 7 for fake in fakes} == {len(name) >= 7}


def test_fakes_are_no_eponyms_and_no_ordinary_words() -> None:
    fakes = {row["name"].lower() for row in read_table("surrogate_names.csv", FOLDER)}
    eponyms = {word.lower() for row in read_table("eponyms.csv", FOLDER) for word in row["phrase"].split()}
    assert fakes & (eponyms | word_list("ordinary_word")) == set()
    assert len(fakes) > 2000


def test_initials_never_abbreviate_something_clinical() -> None:
    fakes = {people.fake_initials("K.M.", Draw(b"key", str(number))) for number in range(500)}
    assert fakes & {"M.I.", "P.E.", "B.P.", "C.T.", "R.A.", "A.F."} == set()
    assert all(fake[1] == fake[3] == "." for fake in fakes)


def test_three_capitals_that_are_a_name_are_told_from_initials() -> None:
    assert people.is_short_name("kim")
    assert not people.is_short_name("xqz")


def test_surname_that_is_rarely_a_given_name_stays_a_surname() -> None:
    surnames = {row["name"] for row in read_table("surrogate_names.csv", FOLDER) if row["kind"] == "surname"}
    assert people.fake_name("martin", "B", Draw(b"key"), 0) in surnames
    assert people.fake_name("james", "B", Draw(b"key"), 0) not in surnames

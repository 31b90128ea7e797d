"""Reading line by line: what is remembered, and texts that no typist wrote."""

from __future__ import annotations

import random

import pytest

from edscribe_pipelines.deidentify.finding.by_line.reader import LineReader
from edscribe_pipelines.deidentify.finding.by_line.remembered_lines import RememberedLines, as_many_as_fit
from edscribe_pipelines.deidentify.finding.spans import Span

LINE = "Seen by Dr. Vossberg, MRN: 4482910."
VALUES = ["Vossberg", "4482910"]
FIND = Span(0, 1, "NAME", "rule")


@pytest.fixture(scope="module")
def reader() -> LineReader:
    return LineReader()


def values(reader: LineReader, text: str) -> list[str]:
    return [text[start:end] for start, end in sorted({(find.start, find.end) for find in reader.finds(text)})]


def test_finds_stand_at_the_characters_of_the_text(reader: LineReader) -> None:
    assert values(reader, f"é😀\r\n\n{LINE}\u2028{LINE}") == VALUES * 2


def test_prepared_texts_are_read_as_unprepared_ones(reader: LineReader) -> None:
    texts = [f"{LINE}\nPt {number} seen by Will Small at noon." for number in range(3)]
    reader.prepare(texts)
    assert [list(reader.finds(text)) for text in texts] == [list(LineReader().finds(text)) for text in texts]


def test_lines_remembered_are_as_many_as_allowed_and_the_newest() -> None:
    remembered = RememberedLines()
    for number in range(20_010):
        remembered.keep(str(number), (FIND,))
    assert "9" not in remembered
    assert remembered["10"] == remembered["20009"] == (FIND,)


def test_long_lines_push_out_older_ones_before_there_are_many() -> None:
    remembered = RememberedLines()
    for number in range(5):
        remembered.keep(str(number) * 1_000_000, ())
        remembered.keep(str(number) * 1_000_000, ())
    assert [str(number) * 1_000_000 in remembered for number in range(5)] == [False, True, True, True, True]


def test_no_more_lines_are_prepared_than_are_remembered() -> None:
    assert list(as_many_as_fit(["a", "b", "a"])) == ["a", "b"]
    assert len(list(as_many_as_fit(map(str, range(30_000))))) == 20_000
    assert len(list(as_many_as_fit(str(number) * 1_000_000 for number in range(9)))) == 4


def test_text_longer_than_what_is_remembered_is_read_to_its_end(reader: LineReader) -> None:
    text = "soft " * 1_000_000 + LINE
    assert len(text) > 5_000_000
    assert values(reader, text) == VALUES


def test_a_hundred_thousand_lines_are_read_in_order(reader: LineReader) -> None:
    text = "\n".join(
        LINE if number % 10_000 == 0 else f"HR {60 + number % 40}, pain {number % 9}/10" for number in range(100_000)
    )
    assert values(reader, text) == VALUES * 10


def test_binary_junk_hides_nothing_and_stops_nothing(reader: LineReader) -> None:
    junk = random.Random(7).randbytes(60_000).decode("latin-1")
    assert set(VALUES) <= set(values(reader, f"{junk}\n{LINE}\n{junk}"))


@pytest.mark.parametrize("text", ["", "\n", " \t\r\n\x0b", "\ufeff"])
def test_text_without_words_has_no_finds(reader: LineReader, text: str) -> None:
    assert not list(reader.finds(text))

"""Whatever text comes in, everything that is read in it stands inside it, in order."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.reading.age import age_years
from edscribe_pipelines.clinical.reading.cues import cues_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote, parse_note
from edscribe_pipelines.clinical.reading.weight import weight_kg
from edscribe_pipelines.clinical.sections import SECTIONS, heading
from edscribe_pipelines_tests.clinical.invented import note_of

PIECES = st.sampled_from(
    [
        *("HPI:", "## Plan", "PMH", "**Family history:**", "Return precautions:", "ASSESSMENT", heading(SECTIONS[0])),
        *(
            "denies ",
            "no",
            " pain",
            ", fever",
            " and ",
            "was ruled out",
            "; ",
            "mother ",
            " 3 years ago",
            "if ",
            "Dr. ",
        ),
        *("61 year old", "61F", "7 month old", "Age: 5", "Weight: 80 kg", "(", ")", ". ", ".", "1. ", "- ", "• "),
        *("\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "\x00", "\ud800", " ", "\xa0", "\t", "İ", "ſ", "’", "(-)", "a"),
    ]
)
TEXTS = st.one_of(st.text(st.characters(exclude_categories=())), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS)
def test_sections_and_sentences_stand_in_order_without_blanks_around(text: str) -> None:
    note = ParsedNote(text)
    for found in ([(span.start, span.end) for span in note.spans], note.sentences):
        assert all(0 <= start <= end <= len(text) for start, end in found)
        assert all(end <= start for (_, end), (start, _) in pairwise(found))
        assert all(text[start:end].strip() == text[start:end] for start, end in found)
    assert "".join(text.split()) == "".join("".join(text[start:end].split()) for start, end in note.sentences)


@given(TEXTS)
def test_scopes_stand_inside_the_text_in_order(text: str) -> None:
    scopes = ParsedNote(text).scopes
    assert all(0 <= scope.start < scope.end <= len(text) for scope in scopes)
    assert all(before.start <= after.start for before, after in pairwise(scopes))


@given(TEXTS, st.data())
def test_context_of_a_place_is_that_of_the_scopes_around_it(text: str, data: st.DataObject) -> None:
    note = ParsedNote(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    around = {scope.context for scope in note.scopes if scope.start <= start and end <= scope.end}
    assert note.context(start, end) == around
    assert set(note.states) == set(SECTIONS)


@given(TEXTS)
def test_age_and_weight_are_plausible_or_none(text: str) -> None:
    note = ParsedNote(text)
    assert 0 <= (age_years(note) or 0) <= 120
    assert 20 <= (weight_kg(note) or 20) <= 400
    assert all(0 <= start < end <= len(text) for start, end, _ in cues_in(text))


def test_the_parts_of_a_section_are_joined() -> None:
    note = parse_note("PMH: asthma\nHPI: wheeze\nPSH: none")
    assert note.sections == {"Past Medical/Surgical History": "asthma\nnone", "History of Present Illness": "wheeze"}


def test_place_is_in_its_section_and_sentence() -> None:
    note = parse_note(note_of(history="Cough. Fever since a day."))
    place = note.text.index("since")
    start, end = note.sentence_at(place)
    assert note.text[start:end] == "Fever since a day."
    assert note.section_at(place) == "History of Present Illness"
    assert parse_note("").sentence_at(0) == (0, 0)


def test_what_a_reader_reads_is_read_once() -> None:
    read: list[str] = []

    def reader(note: ParsedNote) -> int:
        read.append(note.text)
        return len(read)

    note = ParsedNote("Cough.")
    assert [note.of(reader), note.of(reader)] == [1, 1]

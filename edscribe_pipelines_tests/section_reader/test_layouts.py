"""The notes that the reader of sections learns from, and what is done to their layout."""

import random

from edscribe_pipelines.clinical.sections import SECTIONS
from section_reader.layouts import shaken, undone
from section_reader.marked import parts_of, read_notes, sections_by_character, text_of


def test_marks_leave_the_note_and_its_sections() -> None:
    parts = parts_of("CC: ⟦CC|cough⟧\nAll ⟦ALL|none⟧ .")
    assert text_of(parts) == "CC: cough\nAll none ."
    assert parts[1] == ("cough", "Chief Complaint")
    assert len(sections_by_character(parts)) == len(text_of(parts))


def test_every_note_is_marked_and_none_is_both_learned_from_and_held_back() -> None:
    train, held = list(read_notes("train")), list(read_notes("held"))
    assert len(train) >= 300
    assert len(held) >= 50
    assert not {note["id"][:2] for note in train} & {note["id"][:2] for note in held}
    for note in (*train, *held):
        parts = parts_of(note["text"])
        assert "⟦" not in text_of(parts)
        assert len({section for _, section in parts if section}) >= 6


def test_layout_changes_and_what_is_said_keeps_its_section() -> None:
    chance = random.Random(7)
    parts = parts_of(next(read_notes("train"))["text"])
    for change in (undone, shaken):
        laid = [change(parts, chance) for _ in range(40)]
        assert len({text_of(each) for each in laid}) > 30
        assert {section for each in laid for _, section in each if section} == set(SECTIONS)


def test_seed_decides_the_layout() -> None:
    parts = parts_of(next(read_notes("train"))["text"])
    assert undone(parts, random.Random(3)) == undone(parts, random.Random(3))

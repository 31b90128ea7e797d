"""Sections of notes by other hands. The bars are those that hold today; README says what the goals are."""

from collections import Counter
from pathlib import Path

import pytest

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.reading.note import section_states
from edscribe_pipelines_tests.clinical.foreign.marked import MarkedNote, held_notes, notes_in, read, table


@pytest.fixture(scope="module")
def strangers(foreign_notes_dir: Path) -> list[MarkedNote]:
    return notes_in(foreign_notes_dir)


def whole(notes: list[MarkedNote]) -> float:
    """Return the share of notes in which every section is read."""
    return sum(all(each.is_read for each in read(note)) for note in notes) / len(notes)


def alarmed(notes: list[MarkedNote]) -> list[Counter[str]]:
    """Return the critical findings of each note that has one: a section that is not there may be missed."""
    found = []
    for note in notes:
        criticals = [finding for finding in check_note(note.text).findings if finding["severity"] == "critical"]
        rules = Counter(
            f"{finding['rule']} {finding['section']}"
            for finding in criticals
            if not finding["rule"].startswith("section.") or finding["section"] in note.sections
        )
        found += [rules] if rules else []
    return found


def gone(notes: list[MarkedNote], *, heading: bool) -> float:
    """Return in how many of the notes from which a section is taken that section is missing or empty."""
    states = [
        section_states(note.without(section, heading=heading))[section] for note in notes for section in note.sections
    ]
    return sum(state in ("missing", "empty") for state in states) / len(states)


def test_letters_of_sections_are_read_in_notes_that_no_model_learned_from(capsys: pytest.CaptureFixture[str]) -> None:
    notes = held_notes()
    with capsys.disabled():
        print(f"\n{table(notes)}")
    sections = [each for note in notes for each in read(note)]
    assert sum(each.found for each in sections) / sum(each.letters for each in sections) >= 0.9
    assert sum(each.is_read for each in sections) / len(sections) >= 0.7


def test_sound_notes_that_no_model_learned_from_are_seldom_alarmed() -> None:
    notes = held_notes()
    found = alarmed(notes)
    assert len(found) <= 0.12 * len(notes), sum(found, Counter())


@pytest.mark.foreign_notes
def test_sections_of_strangers_notes_are_read(strangers: list[MarkedNote], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{table(strangers)}")
    assert whole(strangers) >= 0.8


@pytest.mark.foreign_notes
def test_strangers_sound_notes_are_not_alarmed(strangers: list[MarkedNote]) -> None:
    assert len(alarmed(strangers)) <= 0.1 * len(strangers)


@pytest.mark.foreign_notes
@pytest.mark.parametrize("heading", [True, False])
def test_section_that_is_taken_out_is_gone(strangers: list[MarkedNote], heading: bool) -> None:
    assert gone(strangers, heading=heading) >= 0.95

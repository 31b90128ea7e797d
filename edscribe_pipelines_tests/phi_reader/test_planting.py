"""What the readers of identifiers learn from: marked notes, invented values, phrases planted into notes."""

import random

from edscribe_pipelines.deidentify.finding.learned.kinds import NOTHING, TYPES
from edscribe_pipelines.deidentify.finding.learned.tokens import tokens_of
from phi_reader.marked import KEEP, identifiers, parts_of, read_notes
from phi_reader.planting import exchanged, planted
from phi_reader.train import tags_of
from phi_reader.values import LOOK_ALIKES, Values

NOTE = (
    "CC: cough.\nHPI: two days of dry cough, no fever. Took nothing for it, slept badly.\nExam: lungs clear, no wheeze."
)


def test_marks_leave_the_note() -> None:
    parts = parts_of("Seen by ⟪NAME|Ola Voss⟫, ⟪KEEP|Murphy⟫ negative.")
    assert "".join(text for text, _ in parts) == "Seen by Ola Voss, Murphy negative."
    assert [category for _, category in identifiers(parts) if category] == ["NAME"]


def test_notes_are_marked_and_none_is_both_learned_from_and_held_back() -> None:
    learned, held = list(read_notes("train")), list(read_notes("held"))
    assert len(learned) >= 250
    assert len(held) >= 80
    assert not {note.note_id[:2] for note in learned} & {note.note_id[:2] for note in held}
    known = {*TYPES, KEEP}
    assert all(category in known for note in (*learned, *held) for *_, category in note.spans())
    assert not any(list(note.spans()) for note in read_notes("free"))


def test_planted_phrases_are_marked() -> None:
    chance = random.Random(5)
    values = Values(chance)
    laid = [planted(NOTE, values, chance) for _ in range(60)]
    kinds = {category for parts in laid for _, category in parts if category}
    assert kinds <= set(TYPES)
    assert len(kinds) > 15
    assert not kinds & set(LOOK_ALIKES)


def test_identifiers_are_exchanged_and_the_rest_stays() -> None:
    chance = random.Random(6)
    parts = parts_of("Seen by ⟪NAME|Ola Voss⟫ on ⟪DATE|3/14/2026⟫ for cough.")
    laid = [exchanged(parts, Values(chance), chance) for _ in range(20)]
    assert {"".join(text for text, category in each if not category).lower().split()[0] for each in laid} == {"seen"}
    assert len({text for each in laid for text, category in each if category == "NAME"}) > 10


def test_tags_begin_once_for_each_identifier() -> None:
    parts = parts_of("by ⟪NAME|Ola Voss⟫⟪INITIALS|KM⟫ now")
    tokens = tokens_of("by Ola VossKM now")
    assert tags_of(tokens, parts)[0] == NOTHING
    assert tags_of(tokens, parts)[1] == "B-NAME"


def test_seed_decides() -> None:
    one, two = (Values(random.Random(9)) for _ in range(2))
    assert [one.value("NAME") for _ in range(5)] == [two.value("NAME") for _ in range(5)]

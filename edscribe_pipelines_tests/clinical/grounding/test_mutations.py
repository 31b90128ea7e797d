"""One error of a known class put into a sound note, held against what the note was made from."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from importlib import resources

import pytest
import yaml

from edscribe_pipelines.clinical.grounding.checks import check_grounding
from edscribe_pipelines.clinical.grounding.source import Source, source_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines_tests.clinical.invented import note_of

Mutation = Callable[[str, random.Random], str | None]

CAUGHT = 0.98
_NO_FIGURE = re.compile(r"[SF][pi]O2|12-lead|^\s*\d+[.)]", re.M)
_OPPOSITE = {"left": "right", "right": "left"}
_AFFIRMED = {"denies": "reports", "no": "", "without": "with", "not": ""}


def number_changed(note: str, chance: random.Random) -> str | None:
    labels = {place for match in _NO_FIGURE.finditer(note) for place in range(*match.span())}
    digits = [place for place, letter in enumerate(note) if letter.isdigit() and place not in labels]
    if not digits:
        return None
    place = chance.choice(digits)
    return note[:place] + chance.choice("123456789".replace(note[place], "")) + note[place + 1 :]


def side_swapped(note: str, chance: random.Random) -> str | None:
    return _changed(note, chance, r"\b(?:left|right)\b(?! against| without)", lambda said: _OPPOSITE[said.lower()])


def negation_flipped(note: str, chance: random.Random) -> str | None:
    return _changed(
        note, chance, r"\b(?:denies|no|without|not)\b(?! known| documented)", lambda said: _AFFIRMED[said.lower()]
    )


def dose_changed(note: str, chance: random.Random) -> str | None:
    return _changed(note, chance, r"\b\d+(?:[.]\d+)?(?= ?(?:mg|mcg|g)\b)", lambda said: f"{float(said) * 10:g}")


def allergy_changed(note: str, chance: random.Random) -> str | None:
    allergen = chance.choice(["codeine", "shellfish", "aspirin", "bananas"])
    return _changed(note, chance, r"(?<=ALLERGIES\n)\w.*", lambda said: f"{allergen}.")


def _changed(note: str, chance: random.Random, pattern: str, change: Callable[[str], str]) -> str | None:
    found = list(re.finditer(pattern, note, re.I))
    if not found:
        return None
    match = chance.choice(found)
    said, rest = change(match[0]), note[match.end() :]
    if not said:
        rest = rest.lstrip(" ")
        rest = rest[:1].upper() + rest[1:] if match[0][0].isupper() else rest
    return note[: match.start()] + (said.capitalize() if match[0][0].isupper() else said) + rest


CLASSES: list[Mutation] = [number_changed, side_swapped, negation_flipped, dose_changed, allergy_changed]


def physicians_notes() -> list[str]:
    sample = resources.files("edscribe_pipelines.intake").joinpath("sample_notes.yaml").read_text(encoding="utf-8")
    invented = [
        note_of(),
        note_of(allergies="Penicillin (hives).", physical="Left knee swollen, right knee without effusion. HR 88."),
        note_of(
            history="47 year old woman with right flank pain, no fever. Denies dysuria.",
            allergies="No known allergies.",
        ),
        note_of(ed="Ketorolac 15 mg IV, then morphine 4 mg IV twice. No vomiting since.", allergies="Sulfa, latex."),
    ]
    return [*invented, *(row["text"] for row in yaml.safe_load(sample))]


def caught(pairs: list[tuple[str, Source]], mutation: Mutation, times: int) -> tuple[int, int]:
    """Return how many notes were changed and how many of these have a critical finding."""
    chance = random.Random(mutation.__name__)
    tried = found = 0
    for note, source in pairs:
        for _ in range(times):
            changed = mutation(note, chance)
            if changed is not None and changed != note:
                tried += 1
                findings = check_grounding(ParsedNote(changed), source, complete=True)
                found += any(finding["severity"] == "critical" for finding in findings)
    return tried, found


@pytest.mark.parametrize("mutation", CLASSES)
def test_error_in_a_physicians_note_is_caught(mutation: Mutation) -> None:
    tried, found = caught([(note, source_in(note)) for note in physicians_notes()], mutation, times=5)
    print(f"physician {mutation.__name__:18}{tried:6}{found / tried:8.3f}")
    assert tried >= 10
    assert found >= CAUGHT * tried


@pytest.mark.parametrize("mutation", [number_changed, side_swapped, negation_flipped])
def test_error_in_a_rendered_note_is_caught(mutation: Mutation, rendered: list[tuple[str, str]]) -> None:
    tried, found = caught([(note, source_in(prompt)) for note, prompt in rendered], mutation, times=1)
    print(f"rendered  {mutation.__name__:18}{tried:6}{found / tried:8.3f}")
    assert tried >= 10
    assert found >= CAUGHT * tried


def test_sound_note_is_held_by_itself() -> None:
    assert [check_grounding(ParsedNote(note), source_in(note), complete=True) for note in physicians_notes()] == [
        [] for _ in physicians_notes()
    ]

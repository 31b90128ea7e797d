"""Of errors put into clean notes, how many the rules catch.

An error is caught by a new critical finding; a diagnosis left out by one that names it, which only warns: what a
physician should still address is never a reason to reject a note.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

import pytest

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines_tests.clinical.mutations import classes
from edscribe_pipelines_tests.clinical.mutations.classes import Mutant
from edscribe_pipelines_tests.clinical.mutations.notes import clean_notes

BAR = 0.98

BLOCKING: dict[str, Callable[[], Iterable[Mutant]]] = {
    "dose x10": classes.dose_times_ten,
    "larger unit (mcg for mg, mg for g)": classes.larger_unit,
    "smaller unit": classes.smaller_unit,
    "wrong route": classes.wrong_route,
    "cumulative overdose": classes.cumulative_overdose,
    "weight-based overdose": classes.weight_based_overdose,
    "impossible vital sign": classes.impossible_vital,
    "swapped vital signs": classes.swapped_vitals,
    "section removed": classes.section_removed,
    "section emptied": classes.section_emptied,
    "disposition contradiction": classes.disposition_contradiction,
    "allergy conflict": classes.allergy_conflict,
}
WARNING: dict[str, Callable[[], Iterable[Mutant]]] = {"can't-miss diagnosis left out": classes.cannot_miss_left_out}


@cache
def findings(note: str) -> list[Finding]:
    return check_note(note).findings


def criticals(note: str) -> Counter[str]:
    return Counter(finding["rule"] for finding in findings(note) if finding["severity"] == "critical")


def blocks(mutant: Mutant) -> bool:
    return bool(criticals(mutant.text) - criticals(mutant.clean))


def names(mutant: Mutant) -> bool:
    messages = [finding["message"] for finding in findings(mutant.text) if finding["rule"].startswith("rule_out.")]
    return any(mutant.about in message for message in messages)


@cache
def caught(name: str) -> tuple[int, Counter[str]]:
    """Return how many errors of the class there are, and what those are about that are missed."""
    made = BLOCKING[name]() if name in BLOCKING else WARNING[name]()
    mutants = [mutant for mutant in made if not criticals(mutant.clean)]
    assert len({mutant.text for mutant in mutants}) >= 10
    is_caught = blocks if name in BLOCKING else names
    return len(mutants), Counter(mutant.about for mutant in mutants if not is_caught(mutant))


def test_clean_notes_get_no_critical_finding() -> None:
    assert [criticals(note) for note in clean_notes()] == [{}] * len(clean_notes())


@pytest.mark.parametrize("name", [*BLOCKING, *WARNING])
def test_class_is_caught(name: str) -> None:
    number, missed = caught(name)
    assert 1 - missed.total() / number >= BAR, missed


def test_table_of_classes(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{name:36} {number:5} {1 - missed.total() / number:6.3f}" for name, number, missed in _table()]
    with capsys.disabled():
        print("", f"{'error put into a clean note':36} {'notes':>5} {'caught':>6}", *lines, sep="\n")
    assert len(lines) == len(BLOCKING) + len(WARNING)


def _table() -> Iterable[tuple[str, int, Counter[str]]]:
    return [(name, *caught(name)) for name in (*BLOCKING, *WARNING)]

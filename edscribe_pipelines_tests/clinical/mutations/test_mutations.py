"""Of errors put into clean notes, how many the rules catch: a new critical finding, unless the class can only warn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

import pytest

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines_tests.clinical.mutations import classes
from edscribe_pipelines_tests.clinical.mutations.classes import Mutant
from edscribe_pipelines_tests.clinical.mutations.notes import clean_notes

BAR = 0.98

CLASSES: dict[str, tuple[Callable[[], Iterable[Mutant]], frozenset[str]]] = {
    "dose x10": (classes.dose_times_ten, frozenset({"critical"})),
    "larger unit": (classes.larger_unit, frozenset({"critical"})),
    "smaller unit": (classes.smaller_unit, frozenset({"critical"})),
    "wrong route": (classes.wrong_route, frozenset({"critical"})),
    "cumulative overdose": (classes.cumulative_overdose, frozenset({"critical"})),
    "weight-based overdose": (classes.weight_based_overdose, frozenset({"critical"})),
    "impossible vital sign": (classes.impossible_vital, frozenset({"critical"})),
    "swapped vital signs": (classes.swapped_vitals, frozenset({"critical"})),
    "section removed": (classes.section_removed, frozenset({"critical"})),
    "section emptied": (classes.section_emptied, frozenset({"critical"})),
    "disposition contradiction": (classes.disposition_contradiction, frozenset({"critical"})),
}
"""Each class, and the severities of which a new finding counts as caught."""


@cache
def findings(note: str, severities: frozenset[str]) -> Counter[str]:
    return Counter(finding["rule"] for finding in check_note(note).findings if finding["severity"] in severities)


def is_caught(mutant: Mutant, severities: frozenset[str]) -> bool:
    return bool(findings(mutant.text, severities) - findings(mutant.clean, severities))


def test_clean_notes_get_no_critical_finding() -> None:
    assert [dict(findings(note, frozenset({"critical"}))) for note in clean_notes()] == [{}] * len(clean_notes())


@pytest.mark.parametrize("name", CLASSES)
def test_class_is_caught(name: str) -> None:
    mutate, severities = CLASSES[name]
    mutants = list(mutate())
    assert len({mutant.text for mutant in mutants}) >= 10
    caught = sum(is_caught(mutant, severities) for mutant in mutants)
    missed = Counter(mutant.about for mutant in mutants if not is_caught(mutant, severities))
    assert caught / len(mutants) >= BAR, (len(mutants), missed)

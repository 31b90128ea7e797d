"""Facts that notes by other hands state, against what their writers say they state. A wrong fact is worse than none."""

from __future__ import annotations

from collections import Counter

import pytest

from edscribe_pipelines.clinical.medications.names import drugs_of
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reading.weight import weight_kg
from edscribe_pipelines.clinical.stated.note_facts import facts_in_note
from section_reader.marked import parts_of, read_notes, text_of

_NOT_TOLD_APART = {"OBSERVATION": None}
"""MIMIC-IV-ED has no such disposition."""


@pytest.fixture(scope="module")
def outcomes() -> Counter[tuple[str, str]]:
    """Count for each kind of fact how often it is right, missed or wrong."""
    found: Counter[tuple[str, str]] = Counter()
    for row in read_notes("held"):
        text, told = text_of(parts_of(row["text"])), row["facts"]
        facts = facts_in_note(text)
        years = told["age_years"]
        disposition = _NOT_TOLD_APART.get(told["disposition"], told["disposition"])
        pairs = {
            "disposition": (facts.get("disposition"), disposition),
            "age": (facts.get("age_years"), None if years is None else int(years)),
            "sex": (facts.get("sex"), told["sex"]),
            "triage acuity": (facts.get("triage_acuity"), told["esi"]),
            "weight": (_rounded(weight_kg(parse_note(text))), _rounded(told["weight_kg"])),
        }
        found.update((kind, _outcome(*pair)) for kind, pair in pairs.items())
    return found


def _rounded(weight: float | None) -> int | None:
    return None if weight is None else round(weight)


def _outcome(found: object, told: object) -> str:
    return "right" if found == told else "missed" if found is None else "wrong"


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("disposition", 0.75, 0.06),
        ("age", 0.75, 0.04),
        ("sex", 0.6, 0.04),
        ("triage acuity", 0.9, 0.04),
        ("weight", 0.8, 0.04),
    ],
)
def test_facts_are_right_or_missing(outcomes: Counter[tuple[str, str]], kind: str, right: float, wrong: float) -> None:
    of = sum(count for (each, _), count in outcomes.items() if each == kind)
    assert outcomes[kind, "right"] >= right * of
    assert outcomes[kind, "wrong"] <= wrong * of


def test_home_medications_are_those_that_the_patient_takes() -> None:
    told = found = right = 0
    for row in read_notes("held"):
        taken = [_drug(name) for name in row["facts"]["home_medications"]]
        names = [each["name"] for each in facts_in_note(text_of(parts_of(row["text"]))).get("home_medications", [])]
        told += len(taken)
        found += len(names)
        right += sum(any(drug in name.lower() or drug == _drug(name) for name in names) for drug in taken)
    assert right >= 0.75 * told
    assert right >= 0.8 * found


def _drug(name: str) -> str:
    return next((mention.drug for mention, _ in drugs_of(name)), name.lower().split()[0])

"""Facts in notes against truth by hand: `stated_facts.yaml` says what each invented note plainly states."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from edscribe_pipelines.clinical.records import validate
from edscribe_pipelines.clinical.stated.note_facts import NoteFacts, facts_in_note
from edscribe_pipelines.errors import BadInput

CASES = yaml.safe_load((Path(__file__).parent / "stated_facts.yaml").read_text(encoding="utf-8"))
FIELDS = {
    "T": "temperature_degf",
    "HR": "heart_rate_bpm",
    "RR": "respiratory_rate_bpm",
    "SpO2": "spo2_pct",
    "SBP": "sbp_mmhg",
    "DBP": "dbp_mmhg",
    "pain": "pain_0_10",
}
Statement = tuple[Any, ...]


def said(facts: NoteFacts) -> set[Statement]:
    """Return the facts as single statements, the first word of each its kind."""
    rest: dict[str, Any] = dict(facts)
    triage, later = rest.pop("triage", {}), rest.pop("vitals", [])
    doses, diagnoses = rest.pop("administered", []), rest.pop("diagnoses", [])
    statements: set[Statement] = {("home_medications", taken["name"]) for taken in rest.pop("home_medications", [])}
    statements |= {("triage", field, triage[field]) for field in triage if triage[field] is not None}
    for vitals in later:
        measured = {field: vitals[field] for field in FIELDS.values() if vitals[field] is not None}
        statements |= {("vitals", vitals["minute"], *item) for item in measured.items()}
    for place, dose in enumerate(doses):
        words = f"{dose['name']}/{dose['amount']:g}/{dose['unit']}/{dose['route']}/{dose['times']}"
        statements.add(("administered", place, words))
    for diagnosis in diagnoses:
        words = f"{diagnosis['system']}/{diagnosis['code']}/{diagnosis['title']}"
        statements.add(("diagnoses", diagnosis["rank"], words))
    return statements | set(rest.items())


def stated(truth: dict[str, Any]) -> set[Statement]:
    rest = dict(truth)
    statements: set[Statement] = {("home_medications", name) for name in rest.pop("home_medications", [])}
    statements |= {("triage", FIELDS[name], float(value)) for name, value in rest.pop("triage", {}).items()}
    for vitals in rest.pop("later", []):
        minute = vitals["minute"]
        statements |= {("vitals", minute, FIELDS[name], float(vitals[name])) for name in FIELDS.keys() & vitals.keys()}
    statements |= {("administered", place, words) for place, words in enumerate(rest.pop("given", []))}
    statements |= {("diagnoses", rank, words) for rank, words in enumerate(rest.pop("diagnoses", []), start=1)}
    return statements | set(rest.items())


@pytest.mark.parametrize("case", CASES, ids=[case["style"] for case in CASES])
def test_nothing_is_said_that_the_note_does_not_state(case: dict[str, Any]) -> None:
    assert said(facts_in_note(case["note"])) - stated(case["truth"]) == set()


def test_nearly_all_that_the_notes_state_is_found_of_every_kind() -> None:
    found: Counter[str] = Counter()
    in_all: Counter[str] = Counter()
    for case in CASES:
        truth = stated(case["truth"])
        in_all.update(statement[0] for statement in truth)
        found.update(statement[0] for statement in truth & said(facts_in_note(case["note"])))
    assert len(CASES) >= 40
    assert in_all["triage"] > 150
    recall = {kind: found[kind] / in_all[kind] for kind in in_all}
    assert {kind: share for kind, share in recall.items() if share < 0.95} == {}


@pytest.mark.parametrize("case", CASES, ids=[case["style"] for case in CASES])
def test_facts_have_the_shape_that_a_record_system_would_export(case: dict[str, Any]) -> None:
    validate(NoteFacts, facts_in_note(case["note"]), "note")


@pytest.mark.parametrize(
    "wrong", [{"times": 0}, {"times": 10**9}, {"amount": 0.0}, {"amount": -4.0}, {"unit": "tablets"}]
)
def test_dose_that_cannot_have_been_given_is_refused(wrong: dict[str, Any]) -> None:
    dose = {"name": "morphine", "amount": 4.0, "unit": "mg", "route": "IV", "times": 1}
    validate(NoteFacts, {"administered": [dose]}, "note")
    with pytest.raises(BadInput, match=f"field administered.0.{next(iter(wrong))}"):
        validate(NoteFacts, {"administered": [dose | wrong]}, "note")


@pytest.mark.parametrize("text", ["", "\n", "No heading, no fact.", "CC:\nHPI: see HPI\nDispo: ***"])
def test_note_that_states_nothing_has_no_facts(text: str) -> None:
    assert facts_in_note(text) == {}


def test_complaint_is_the_first_line_of_its_section() -> None:
    facts = facts_in_note("CHIEF COMPLAINT\nR Ankle injury.\nsince yesterday\n\nHPI: Fell.")
    assert facts == {"chief_complaint": "R Ankle injury"}

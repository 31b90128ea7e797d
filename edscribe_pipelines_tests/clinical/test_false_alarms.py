"""Sound notes that the rules stop all the same: few, or physicians stop reading findings."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from edscribe_pipelines.clinical.guardrails import Report, check_note
from edscribe_pipelines.clinical.records import Case, DeidentifiedNote, rows_of
from edscribe_pipelines_tests.clinical.invented import encounter, note_of
from edscribe_pipelines_tests.conftest import TakenIn

MOST_OF_RENDERED = 0.01
MOST_OF_CLINIC_NOTES = 0.03


def criticals(report: Report) -> Counter[str]:
    """Return the rules, but that a section is missing: clinic notes have no disposition."""
    critical = (finding["rule"] for finding in report.findings if finding["severity"] == "critical")
    return Counter(rule for rule in critical if rule != "section.missing")


def test_rendered_notes_pass(taken_in: TakenIn) -> None:
    stays = {stay["encounter_id"]: stay for stay in rows_of(DeidentifiedNote, taken_in.stays)}
    cases = list(rows_of(Case, taken_in.synthesis.cases))
    assert len(cases) > 100
    alarmed = [
        found for case in cases if (found := criticals(check_note(case["completion"], stays[case["encounter_id"]])))
    ]
    assert len(alarmed) <= MOST_OF_RENDERED * len(cases), sum(alarmed, Counter())


@pytest.mark.aci_bench
def test_notes_of_clinics_pass(aci_bench_dir: Path) -> None:
    with (aci_bench_dir / "train.csv").open(encoding="utf-8", newline="") as stream:
        notes = [row["note"] for row in csv.DictReader(stream)]
    assert len(notes) > 60
    alarmed = [found for note in notes if (found := criticals(check_note(note)))]
    assert len(alarmed) <= MOST_OF_CLINIC_NOTES * len(notes), sum(alarmed, Counter())


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"ed": "Fentanyl 500 mcg IV given."}, "dose.fentanyl.single"),
        ({"ed": "Fentanyl 1 mg IV given."}, "dose.fentanyl.single"),
        ({"ed": "Given morphine sulfate 20 mg IV."}, "dose.morphine.single"),
        ({"ed": "Morphine 4 mg IV x5."}, "dose.morphine.total"),
        ({"ed": "Midazolam 10000 mcg IV given."}, "dose.midazolam.written"),
        ({"ed": "Midazolam 11000 mcg IV given."}, "dose.midazolam.single"),
        ({"ed": "Epinephrine 1 mg IM given."}, "dose.epinephrine.single"),
        ({"ed": "Alteplase 120 mg IV given."}, "dose.alteplase.single"),
        ({"physical": "SpO2 101% on room air."}, "vital.spo2_pct.impossible"),
        ({"physical": "GCS 2."}, "vital.gcs_total.impossible"),
        ({"physical": "BP 85/130."}, "vital.pressures_reversed"),
        ({"physical": "She has a heart rate of 300."}, "vital.heart_rate_bpm.impossible"),
    ],
)
def test_what_simpler_guardrails_missed_is_found(changed: dict[str, str], rule: str) -> None:
    assert criticals(check_note(note_of(**changed))) == {rule: 1}


@pytest.mark.parametrize(
    "changed",
    [
        {"physical": "Temp: 37.2 C. Lungs clear."},
        {"medications": "Aspirin 650 mg daily."},
        {"history": "Takes aspirin 650 mg at home."},
    ],
)
def test_what_simpler_guardrails_cried_at_is_none(changed: dict[str, str]) -> None:
    assert [
        finding for finding in check_note(note_of(**changed)).findings if finding["rule"][:4] in ("vita", "dose")
    ] == []


@pytest.mark.parametrize(("dose", "expected"), [("50 mcg", set()), ("500 mcg", {"critical"})])
def test_child_is_held_to_gross_errors_alone_and_said_so(dose: str, expected: set[str]) -> None:
    note = note_of(history="7-year-old boy with a cut hand.", physical="HR 135.", ed=f"Fentanyl {dose} IV given.")
    for report in (check_note(note), check_note(note, encounter(age_years=7, note_origin="physician"))):
        rules = {finding["rule"]: finding["severity"] for finding in report.findings}
        assert rules["scope.under_18"] == "warning"
        assert not any(rule.startswith("vital.") for rule in rules)
        assert {severity for rule, severity in rules.items() if rule.startswith("dose.")} == expected
        assert report.gates["guardrails"] == "fail"

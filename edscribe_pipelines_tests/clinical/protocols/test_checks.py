import re

import polars as pl
import pytest

from edscribe_pipelines.clinical.protocols.checks import check_protocols, protocols, protocols_in, protocols_mentioned
from edscribe_pipelines_tests.clinical.invented import note_of


@pytest.mark.parametrize(
    ("note", "names"),
    [
        ("STEMI, cath lab activated", ["STEMI"]),
        ("PEA, CPR started, then STEMI on ECG", ["ACLS", "STEMI"]),
        ("septic shock", ["Sepsis"]),
        ("NSTEMI", []),
        ("no STEMI on ECG", []),
        ("history of DKA", []),
        ("sepsis ruled out", []),
        ("chest pain", []),
    ],
)
def test_a_protocol_is_mentioned_unless_only_denied(note: str, names: list[str]) -> None:
    assert protocols_mentioned(note) == names


def test_a_protocol_in_the_history_is_not_this_visits() -> None:
    assert protocols_mentioned(note_of(past="DKA, septic shock.")) == []
    assert protocols_mentioned(note_of(ed="DKA, insulin drip.")) == ["DKA"]


def test_many_notes_are_read_as_each_alone() -> None:
    notes = [
        "",
        "chest pain",
        "no STEMI on ECG",
        "PEA, CPR started, then STEMI on ECG",
        note_of(past="DKA, septic shock."),
        note_of(past="DKA.", ed="DKA, insulin drip."),
        "Denies fever\nstroke alert; no evidence of stroke. LVO",
        "Größe 1,80 m. ſeptic ſhock, anaphylaxis",
    ]
    found = protocols_in(pl.Series(notes, dtype=pl.String))
    assert found.to_list() == [protocols_mentioned(note) for note in notes]
    assert found.list.len().sum() > 5


def test_no_trigger_and_no_denial_reaches_over_the_end_of_a_line() -> None:
    for protocol in protocols():
        for pattern in (protocol.trigger.pattern, protocol.trigger_exclude.pattern):
            assert not re.search(r"\\s|\\n(?!\])|\\[DSW]", pattern)
            assert all("\\n" in group for group in re.findall(r"\[\^[^\]]*\]", pattern))


def test_missing_steps_warn_where_the_protocol_is_mentioned() -> None:
    note = "Septic shock. Lactate 4.1, blood cultures drawn, norepinephrine started."
    (finding,) = check_protocols(note)
    assert finding["severity"] == "warning"
    assert note[finding["start"] : finding["end"]] == "Septic shock"
    assert "Broad-spectrum antibiotics" in finding["message"]
    assert "Lactate measured" not in finding["message"]


def test_a_conditional_step_is_expected_only_under_its_condition() -> None:
    asystole, fibrillation = "Asystole, CPR started", "VF arrest, CPR started"
    assert "Defibrillation" not in check_protocols(asystole)[0]["message"]
    assert "Defibrillation" in check_protocols(fibrillation)[0]["message"]


def test_steps_that_a_source_cannot_hold_are_information() -> None:
    (finding,) = check_protocols("STEMI", source_holds_steps=False)
    assert finding["severity"] == "information"


def test_no_protocol_finding_is_critical() -> None:
    findings = check_protocols("PEA, STEMI, septic shock, DKA, anaphylaxis, GI bleed, RSI, code stroke")
    assert len(findings) == 8
    assert {finding["severity"] for finding in findings} == {"warning"}

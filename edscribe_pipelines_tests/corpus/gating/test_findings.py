from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import QuarantinedCase, to_frame
from edscribe_pipelines.corpus.gating.findings import rule_counts, rules_found


def finding(rule: str, severity: str = "warning", message: str = "It is high.", citation: str | None = None) -> Any:
    return {
        "rule": rule,
        "severity": severity,
        "section": None,
        "start": 0,
        "end": 4,
        "message": message,
        "citation": citation,
    }


def rows(*findings: list[Any]) -> pl.DataFrame:
    stays = [
        {
            "encounter_id": f"e-{number}",
            "patient_key": "p-1",
            "source": "mimic",
            "stage": "gated_corpus",
            "reasons": ["gate_guardrails"],
            "findings": found,
        }
        for number, found in enumerate(findings)
    ]
    return to_frame(QuarantinedCase, stays)


def test_findings_and_the_cases_that_have_them_are_counted_apart() -> None:
    found = rules_found(rows([finding("vital.high"), finding("vital.high")], [finding("vital.high")], []))
    assert found.select("rule", "findings", "cases").rows() == [("vital.high", 3, 2)]


def test_rule_in_most_cases_comes_first() -> None:
    found = rules_found(rows([finding("b"), finding("b"), finding("b")], [finding("c")], [finding("a"), finding("c")]))
    assert found["rule"].to_list() == ["c", "b", "a"]


def test_rule_of_two_severities_has_a_row_for_each() -> None:
    found = rules_found(rows([finding("dose.x", "critical")], [finding("dose.x", "information")]))
    assert rule_counts(found) == {"critical": {"dose.x": 1}, "information": {"dose.x": 1}}


def test_rule_says_what_it_says_most_and_cites_its_source() -> None:
    said = [
        finding("s", message="One."),
        finding("s", message="Two."),
        finding("s", message="Two.", citation="A (2020)"),
    ]
    (row,) = rules_found(rows(said)).to_dicts()
    assert (row["message"], row["citation"]) == ("Two.", "A (2020)")


def test_stays_are_listed_once_up_to_the_limit() -> None:
    found = rules_found(rows(*[[finding("r"), finding("r")]] * 5), keep=3)
    assert found["stays"].to_list() == [["e-0", "e-1", "e-2"]]


def test_nothing_found_counts_nothing() -> None:
    assert rule_counts(rules_found(rows([], []))) == {}

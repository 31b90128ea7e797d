import html.parser
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import QuarantinedCase, to_frame
from edscribe_pipelines.corpus.gating.gates import VERDICTS
from edscribe_pipelines.corpus.gating.judgement import CRITICAL
from edscribe_pipelines.corpus.gating.quarantine_page import reasons_found, write_quarantine_page
from edscribe_pipelines.intake.notes.refusals import Reason
from edscribe_pipelines.tables import read_table


def finding(rule: str, severity: str, message: str = "Too much.", citation: str | None = "Label (2020)") -> Any:
    return {
        "rule": rule,
        "severity": severity,
        "section": None,
        "start": None,
        "end": None,
        "message": message,
        "citation": citation,
    }


def quarantined(*stays: tuple[list[str], list[Any]]) -> pl.DataFrame:
    rows = [
        {
            "encounter_id": f"e-{number:03}",
            "patient_key": "p-secret",
            "source": "mimic",
            "stage": "gated_corpus",
            "reasons": reasons,
            "findings": findings,
        }
        for number, (reasons, findings) in enumerate(stays)
    ]
    return to_frame(QuarantinedCase, rows)


def page(folder: Path, kept_out: pl.DataFrame, accepted: pl.DataFrame | None = None) -> str:
    none = kept_out.select("encounter_id", "findings").clear()
    write_quarantine_page("2026-01", kept_out, none if accepted is None else accepted, folder)
    return (folder / "quarantine.html").read_text(encoding="utf-8")


DOSE = finding("dose.fentanyl.single", "critical")
PAIN = finding("vital.pain.high", "warning")


def test_reasons_say_how_many_which_and_what_they_mean(tmp_path: Path) -> None:
    said = page(tmp_path, quarantined((["gate_guardrails"], [DOSE]), (["under_18"], []), (["under_18"], [])))
    assert said.index("under_18") < said.index("gate_guardrails")
    assert "for adults" in said
    assert "e-001 e-002" in said
    assert "p-secret" not in said


def test_stay_with_several_reasons_counts_for_each() -> None:
    counted = reasons_found(quarantined((["eloped", "under_18"], []), (["under_18"], [])))
    assert [(row["code"], row["cases"]) for row in counted] == [("under_18", 2), ("eloped", 1)]


def test_rules_that_block_stand_apart_from_what_else_was_found(tmp_path: Path) -> None:
    said = page(tmp_path, quarantined((["gate_guardrails"], [DOSE, PAIN])))
    blocking, other = said.index("Rules with a critical finding"), said.index("What else was found")
    assert blocking < said.index("dose.fentanyl.single") < other < said.index("vital.pain.high")
    assert "Label (2020)" in said


def test_accepted_cases_say_which_rules_warned_most(tmp_path: Path) -> None:
    accepted = quarantined(([], [PAIN]), ([], [finding("vital.rate.high", "warning")]), ([], [PAIN]))
    said = page(tmp_path, quarantined(), accepted.select("encounter_id", "findings"))
    assert "3 became cases" in said
    assert "Nothing is in quarantine." in said
    assert said.index("vital.pain.high") < said.index("vital.rate.high")


def test_long_lists_of_stays_are_cut_and_counted(tmp_path: Path) -> None:
    said = page(tmp_path, quarantined(*[(["under_18"], [])] * 250))
    assert "e-099" in said
    assert "e-100" not in said
    assert "150 more" in said
    assert len(said) < 20_000


def test_every_value_is_escaped(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    said = page(tmp_path, quarantined(([hostile], [finding(hostile, "critical", hostile, hostile)])))
    assert "<script" not in said
    assert said.count("&lt;script&gt;") >= 4


class _Tables(html.parser.HTMLParser):
    """What a screen reader needs of a page, and what the page asks of others."""

    def __init__(self) -> None:
        super().__init__()
        self.language: str | None = None
        self.headless = 0
        self.unscoped = 0
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "html":
            self.language = given.get("lang")
        self.unscoped += tag == "th" and "scope" not in given
        self.headless += {"table": 1, "thead": -1}.get(tag, 0)
        self.asked += [tag] if tag in ("script", "link", "img", "iframe") or "src" in given or "href" in given else []


def test_page_is_accessible_and_asks_nothing_of_others(tmp_path: Path) -> None:
    said = page(tmp_path, quarantined((["gate_guardrails"], [DOSE, PAIN])))
    seen = _Tables()
    seen.feed(said)
    assert said.startswith("<!doctype html>")
    assert (seen.language, seen.headless, seen.unscoped, seen.asked) == ("en", 0, 0, [])


@pytest.mark.parametrize("reason", [*VERDICTS, CRITICAL, *(f"note_{reason}" for reason in get_args(Reason))])
def test_every_reason_has_a_meaning(reason: str) -> None:
    rows = read_table("quarantine_reasons.csv", "edscribe_pipelines.corpus.tables")
    assert [row["meaning"] for row in rows if row["reason"] == reason] != []

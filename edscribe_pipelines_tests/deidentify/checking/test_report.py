from __future__ import annotations

from pathlib import Path

import pytest

from edscribe_pipelines.deidentify.checking.report import RunCounts, run_report, write_report
from edscribe_pipelines.files import read_json

COUNTS: RunCounts = {
    "method": "Safe Harbor <45 CFR 164.514(b)(2)>",
    "encounters": 1300,
    "quarantined": 2,
    "detections": {"NAME": 4210, "MRN": 1300},
    "gate_hits": {"ssn": 1, "known_identifier": 2},
    "with_stand_ins": 1190,
    "detections_in_released": 0,
    "canaries_planted": {"Names": 20, "Fax numbers": 15},
    "canaries_survived": {},
}


@pytest.fixture
def page(tmp_path: Path) -> str:
    write_report(COUNTS, tmp_path)
    return (tmp_path / "deidentification.html").read_text(encoding="utf-8")


def test_json_says_what_the_run_did(tmp_path: Path) -> None:
    report = write_report(COUNTS, tmp_path)
    assert read_json(tmp_path / "deidentification.json") == report
    assert report["released"] == 1298
    assert report["leakage_upper_bound_95"] == pytest.approx(1 - 0.05 ** (1 / 35))


def test_page_shows_claim_counts_and_every_category(page: str) -> None:
    assert "zero detections by the gate and zero surviving canaries" in page
    for shown in ("4,210", "known_identifier", "Web addresses", "1,298 were released", "1,190 of these"):
        assert shown in page


def test_page_escapes_and_loads_nothing(page: str) -> None:
    assert "Safe Harbor &lt;45 CFR" in page
    assert "http" not in page.replace("http-equiv", "")


def test_nobody_claims_that_all_phi_is_gone(page: str) -> None:
    assert "completely" not in page


def test_survivor_turns_the_claim_round() -> None:
    report = run_report({**COUNTS, "canaries_survived": {"Names": 1}})
    assert report["statement"].startswith("Nothing may leave")

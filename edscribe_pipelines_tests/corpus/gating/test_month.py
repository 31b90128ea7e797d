from pathlib import Path

import polars as pl

from edscribe_pipelines.clinical.records import GatedCase, QuarantinedCase, to_frame
from edscribe_pipelines.corpus.gating.month import stays_of_month
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame, gated_case

CRITICAL = {
    "rule": "dose.x",
    "severity": "critical",
    "section": None,
    "start": None,
    "end": None,
    "message": "Too much.",
    "citation": None,
}


def month(
    folder: Path, stays: list[str], cases: list[str], kept_out: list[str], findings: list[object]
) -> pl.DataFrame:
    tables = {
        "stays": deidentified_frame(*(deidentified(encounter_id=each) for each in stays)),
        "cases": to_frame(
            GatedCase,
            [gated_case(case_id=f"c-{n}", encounter_id=each, findings=findings) for n, each in enumerate(cases)],
        ),
        "kept_out": to_frame(
            QuarantinedCase,
            [
                {
                    "encounter_id": each,
                    "patient_key": "p",
                    "source": "mimic",
                    "stage": "s",
                    "reasons": ["r"],
                    "findings": [],
                }
                for each in kept_out
            ],
        ),
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    paths = {name: folder / f"{name}.parquet" for name in tables}
    return stays_of_month(paths["stays"], [paths["cases"]], [paths["kept_out"]])


def places(stays: pl.DataFrame) -> list[tuple[str, int, int]]:
    return sorted(stays.select("encounter_id", "cases", "quarantined").rows())


def test_each_stay_says_where_it_went(tmp_path: Path) -> None:
    found = month(tmp_path, ["e-1", "e-2", "e-3"], ["e-1"], ["e-2"], [])
    assert places(found) == [("e-1", 1, 0), ("e-2", 0, 1), ("e-3", 0, 0)]
    assert found["critical"].to_list() == [0, 0, 0]


def test_case_of_an_unknown_stay_has_a_row_without_strata(tmp_path: Path) -> None:
    found = month(tmp_path, ["e-1"], ["e-1", "e-9"], [], [])
    assert found.filter(pl.col("acuity").is_null())["encounter_id"].to_list() == ["e-9"]


def test_stay_with_two_cases_has_a_row_for_each(tmp_path: Path) -> None:
    assert places(month(tmp_path, ["e-1"], ["e-1", "e-1"], [], [])) == [("e-1", 2, 0), ("e-1", 2, 0)]


def test_critical_findings_that_would_be_stored_are_counted(tmp_path: Path) -> None:
    assert month(tmp_path, ["e-1"], ["e-1"], [], [CRITICAL, CRITICAL])["critical"].to_list() == [2]


def test_month_without_chunks_still_has_its_stays(tmp_path: Path) -> None:
    deidentified_frame(deidentified(encounter_id="e-1")).write_parquet(tmp_path / "stays.parquet")
    assert places(stays_of_month(tmp_path / "stays.parquet", [], [])) == [("e-1", 0, 0)]

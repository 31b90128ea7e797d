from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.intake.arrivals import claim_arrivals
from edscribe_pipelines.intake.arrived import new_release, new_rows
from edscribe_pipelines_tests.builders import write_release


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return tmp_path / "phi_store" / "arrivals.sqlite"


def test_claim_of_an_earlier_month_holds(register: Path) -> None:
    assert claim_arrivals(register, "note", ["a", "b"], "2026-01") == {"a", "b"}
    assert claim_arrivals(register, "note", ["a", "b", "c"], "2026-02") == {"c"}


def test_rerun_of_a_month_finds_its_own(register: Path) -> None:
    claim_arrivals(register, "note", ["a", "b"], "2026-01")
    claim_arrivals(register, "note", ["c"], "2026-02")
    assert claim_arrivals(register, "note", ["a", "b", "c"], "2026-01") == {"a", "b"}


def test_month_gets_only_what_is_handed_in(register: Path) -> None:
    claim_arrivals(register, "note", ["a", "b"], "2026-01")
    assert claim_arrivals(register, "note", ["b"], "2026-01") == {"b"}
    assert claim_arrivals(register, "note", [], "2026-01") == set()


def test_kinds_are_claimed_apart(register: Path) -> None:
    claim_arrivals(register, "note", ["a"], "2026-01")
    assert claim_arrivals(register, "feedback", ["a"], "2026-02") == {"a"}


def test_release_is_taken_by_one_month(tmp_path: Path, register: Path) -> None:
    release = write_release(tmp_path / "release")
    taken = new_release(release, "2026-01", register)
    assert taken is not None
    assert new_release(release, "2026-02", register) is None
    assert new_release(release, "2026-01", register) == taken


def test_changed_release_is_a_new_one(tmp_path: Path, register: Path) -> None:
    first = new_release(write_release(tmp_path / "release"), "2026-01", register)
    second = new_release(write_release(tmp_path / "release", diagnosis=[]), "2026-02", register)
    assert second is not None
    assert second != first


def test_month_without_a_release_takes_none(register: Path) -> None:
    assert new_release(None, "2026-01", register) is None


def test_growing_folder_brings_a_month_only_what_is_new(register: Path) -> None:
    new_rows(pl.DataFrame({"content_hash": ["a"], "text": ["one"]}), "note", "2026-01", register)
    grown = pl.DataFrame({"content_hash": ["a", "b"], "text": ["one", "two"]})
    assert new_rows(grown, "note", "2026-02", register)["text"].to_list() == ["two"]
    assert new_rows(grown, "note", "2026-01", register)["text"].to_list() == ["one"]

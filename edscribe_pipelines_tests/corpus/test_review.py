import math
from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.corpus.review import sample_for_review
from edscribe_pipelines_tests.corpus.invented import case, frame

SIZES = {(3, "ADMITTED"): 25, (3, "HOME"): 40, (4, "HOME"): 3, (None, "HOME"): 11}
NO_RISK = 0.0


def finding(rule: str, severity: str = "warning") -> dict[str, Any]:
    return {"rule": rule, "severity": severity, "section": None, "start": 0, "end": 1, "message": "", "citation": None}


@pytest.fixture(scope="module")
def cases() -> pl.DataFrame:
    """Cases of one common complaint without any risk."""
    strata = [stratum for stratum, size in SIZES.items() for _ in range(size)]
    rows = [
        case(number, acuity=level, disposition=disposition, complaint="Cough")
        for number, (level, disposition) in enumerate(strata)
    ]
    return frame(*rows)


def with_risks(cases: pl.DataFrame) -> pl.DataFrame:
    """Return the cases with ten of high acuity, one of a rare complaint and one near miss among them."""
    urgent = [case(1000 + n, acuity=2, disposition="HOME", complaint="Cough") for n in range(10)]
    rare = case(1100, acuity=3, disposition="HOME", complaint="Epistaxis")
    near = case(1200, acuity=3, disposition="HOME", complaint="Cough", findings=[finding("dose.morphine.single")])
    return pl.concat([cases, frame(*urgent, rare, near)])


@pytest.mark.parametrize("fraction", [0.1, 0.25, 1.0])
def test_every_stratum_gives_its_share_and_at_least_one(cases: pl.DataFrame, fraction: float) -> None:
    chosen = sample_for_review(cases, fraction, NO_RISK, seed=1)
    taken = {(level, disposition): count for level, disposition, count in strata(chosen)}
    assert taken == {stratum: math.ceil(size * fraction) for stratum, size in SIZES.items()}
    assert chosen["why"].to_list() == [["floor"]] * chosen.height


def strata(chosen: pl.DataFrame) -> list[tuple[int | None, str, int]]:
    return chosen.group_by("esi_level", "disposition").len().rows()


def test_cases_without_a_risk_are_read_on_the_floor_alone(cases: pl.DataFrame) -> None:
    assert sample_for_review(cases, 0.1, 0.5, 1).equals(sample_for_review(cases, 0.1, NO_RISK, 1))


def test_risky_cases_are_read_above_the_floor_with_their_reasons(cases: pl.DataFrame) -> None:
    risky = with_risks(cases)
    chosen = sample_for_review(risky, 0.1, 1.0, seed=1)
    why = dict(chosen["case_id", "why"].iter_rows())
    assert all("high_acuity" in why[f"c-{1000 + n:06}"] for n in range(10))
    assert set(why["c-001100"]) - {"floor"} == {"rare_complaint"}
    assert set(why["c-001200"]) - {"floor"} == {"near_miss"}
    assert chosen["case_id"].is_unique().all()
    assert sum("floor" in reasons for reasons in why.values()) == sample_for_review(risky, 0.1, NO_RISK, 1).height


@pytest.mark.parametrize("risk_fraction", [0.01, 0.05, 0.1])
def test_share_above_the_floor_is_of_all_cases(cases: pl.DataFrame, risk_fraction: float) -> None:
    risky = with_risks(cases)
    above = sample_for_review(risky, 0.1, risk_fraction, 1).filter(~pl.col("why").list.contains("floor"))
    assert above.height == math.ceil(risky.height * risk_fraction)


def test_higher_risk_is_drawn_more_often() -> None:
    urgent = [case(n, acuity=1, disposition="HOME", complaint="Cough") for n in range(100)]
    near = [
        case(n, acuity=3, disposition="HOME", complaint="Cough", findings=[finding("vital.sbp_mmhg.alarming")])
        for n in range(100, 200)
    ]
    drawn = [sample_for_review(frame(*urgent, *near), 0.01, 0.1, seed) for seed in range(20)]
    above = pl.concat(drawn).filter(~pl.col("why").list.contains("floor"))
    assert above.filter(pl.col("esi_level") == 1).height > 1.2 * above.filter(pl.col("esi_level") == 3).height


@pytest.mark.parametrize("rule", [finding("rule_out.chest_pain"), finding("vital.sbp_mmhg.impossible", "information")])
def test_other_findings_are_no_near_miss(cases: pl.DataFrame, rule: dict[str, Any]) -> None:
    found = pl.concat([cases, frame(case(1000, acuity=3, complaint="Cough", disposition="HOME", findings=[rule]))])
    assert sample_for_review(found, 0.1, 1.0, 1)["why"].explode().unique().to_list() == ["floor"]


def test_seed_decides_which_cases_are_read(cases: pl.DataFrame) -> None:
    one, same, other = (sample_for_review(with_risks(cases), 0.1, 0.05, seed) for seed in (1, 1, 2))
    assert one.equals(same)
    assert set(one["case_id"]) != set(other["case_id"])


def test_same_stays_are_read_in_every_store_whatever_their_random_ids(cases: pl.DataFrame) -> None:
    risky = with_risks(cases)
    elsewhere = risky.with_columns(case_id="c-" + pl.col("case_id").str.reverse())
    here, there = sample_for_review(risky, 0.1, 0.05, 1), sample_for_review(elsewhere, 0.1, 0.05, 1)
    assert here["encounter_id", "why"].equals(there["encounter_id", "why"])


def test_sample_holds_no_text(cases: pl.DataFrame) -> None:
    columns = ["case_id", "encounter_id", "tier", "esi_level", "disposition", "why"]
    assert sample_for_review(cases, 0.1, 0.05, 1).columns == columns


def test_empty_corpus_gives_an_empty_sample(cases: pl.DataFrame) -> None:
    empty = sample_for_review(cases.clear(), 0.1, 0.05, 1)
    assert empty.is_empty()
    assert empty.schema == sample_for_review(cases, 0.1, 0.05, 1).schema

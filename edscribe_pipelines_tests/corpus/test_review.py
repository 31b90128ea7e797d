import math
from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import GatedCase, to_frame
from edscribe_pipelines.corpus.review import sample_for_review
from edscribe_pipelines_tests.builders import gated_case

SIZES = {(1, "ADMITTED"): 3, (2, "ADMITTED"): 25, (3, "HOME"): 40, (None, "HOME"): 11}


def case(number: int, level: int | None, disposition: str) -> dict[str, Any]:
    metadata = {"chief_complaint": "Cough", "esi_level": level, "disposition": disposition, "protocols": []}
    return gated_case(case_id=f"c-{level}-{disposition}-{number:03}", encounter_id=f"e-{number}", metadata=metadata)


@pytest.fixture(scope="module")
def cases() -> pl.DataFrame:
    rows = [case(number, *stratum) for stratum, size in SIZES.items() for number in range(size)]
    return to_frame(GatedCase, rows)


@pytest.mark.parametrize("fraction", [0.1, 0.25, 1.0])
def test_every_stratum_gives_its_share_and_at_least_one(cases: pl.DataFrame, fraction: float) -> None:
    chosen = sample_for_review(cases, fraction, seed=1)
    taken = {(level, disposition): count for level, disposition, count in strata(chosen)}
    assert taken == {stratum: math.ceil(size * fraction) for stratum, size in SIZES.items()}


def strata(chosen: pl.DataFrame) -> list[tuple[int | None, str, int]]:
    return chosen.group_by("esi_level", "disposition").len().rows()


def test_seed_decides_which_cases_are_read(cases: pl.DataFrame) -> None:
    one, same, other = (sample_for_review(cases, 0.1, seed) for seed in (1, 1, 2))
    assert one.equals(same)
    assert set(one["case_id"]) != set(other["case_id"])


def test_same_stays_are_read_in_every_store_whatever_their_random_ids(cases: pl.DataFrame) -> None:
    elsewhere = cases.with_columns(case_id="c-" + pl.col("case_id").reverse())
    here, there = sample_for_review(cases, 0.1, 1), sample_for_review(elsewhere, 0.1, 1)
    assert here["encounter_id"].to_list() == there["encounter_id"].to_list()


def test_sample_holds_no_text(cases: pl.DataFrame) -> None:
    assert set(sample_for_review(cases, 0.1, 1).columns) == {
        "case_id",
        "encounter_id",
        "esi_level",
        "disposition",
        "tier",
    }


def test_empty_corpus_gives_an_empty_sample(cases: pl.DataFrame) -> None:
    empty = sample_for_review(cases.clear(), 0.1, 1)
    assert empty.is_empty()
    assert set(empty.columns) == set(sample_for_review(cases, 0.1, 1).columns)

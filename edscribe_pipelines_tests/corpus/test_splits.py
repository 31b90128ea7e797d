import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.corpus.splits import SPLITS, assign_patients, drop_superseded, split_cases
from edscribe_pipelines_tests.builders import gated_case, gated_cases

SEED = 20260101


def patients(count: int, start: int = 0) -> list[str]:
    return [f"p-{number:04}" for number in range(start, start + count)]


@pytest.mark.parametrize("count", [10, 12, 25, 47, 100, 333])
def test_patients_split_80_10_10_within_one(tmp_path: Path, count: int) -> None:
    counts = Counter(assign_patients(patients(count), tmp_path / "register.sqlite", SEED).values())
    for split, share in zip(SPLITS, (0.8, 0.1, 0.1), strict=True):
        assert abs(counts[split] - share * count) <= 1


def test_shares_hold_while_months_add_patients(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    for count in (10, 17, 40, 64, 101):
        counts = Counter(assign_patients(patients(count), register, SEED).values())
        for split, share in zip(SPLITS, (0.8, 0.1, 0.1), strict=True):
            assert abs(counts[split] - share * count) <= 1


@pytest.mark.parametrize(("count", "splits"), [(0, set()), (1, {"train"}), (2, {"train"}), (3, set(SPLITS))])
def test_few_patients_train_first(tmp_path: Path, count: int, splits: set[str]) -> None:
    assert set(assign_patients(patients(count), tmp_path / "register.sqlite", SEED).values()) == splits


def test_later_months_move_nobody(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    before = assign_patients(patients(30), register, SEED)
    after = assign_patients(patients(90), register, SEED)
    assert {patient: after[patient] for patient in before} == before


def test_other_seed_moves_nobody_who_has_a_split(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    assert assign_patients(patients(30), register, SEED) == assign_patients(patients(30), register, SEED + 1)


def test_register_is_append_only(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    first = assign_patients(patients(20), register, SEED)
    assign_patients(patients(5, start=50), register, SEED)
    with closing(sqlite3.connect(register)) as connection:
        rows = dict(connection.execute("SELECT patient_key, split FROM assignments"))
    assert len(rows) == 25
    assert first.items() <= rows.items()


def test_seed_decides_who_is_held_out(tmp_path: Path) -> None:
    one, same, other = (
        assign_patients(patients(100), tmp_path / f"{name}.sqlite", seed)
        for name, seed in (("one", SEED), ("same", SEED), ("other", SEED + 1))
    )
    assert one == same != other


def test_same_stays_are_split_alike_in_every_store_whatever_their_random_ids(tmp_path: Path) -> None:
    here, there = patients(40), patients(40, start=5000)[::-1]
    one = split_cases(gated_cases(here), tmp_path / "one.sqlite", SEED)["split"]
    two = split_cases(gated_cases(there), tmp_path / "two.sqlite", SEED)["split"]
    assert one.to_list() == two.to_list()


def test_no_patient_is_in_two_splits(tmp_path: Path) -> None:
    cases = gated_cases([*patients(30), *patients(20), *patients(10)])
    split = split_cases(cases, tmp_path / "register.sqlite", SEED)
    assert split.height == 60
    assert split.group_by("patient_key").agg(pl.col("split").n_unique())["split"].to_list() == [1] * 30
    assert set(split["split"]) == set(SPLITS)


def test_empty_corpus_splits_into_nothing(tmp_path: Path) -> None:
    assert split_cases(gated_cases([]), tmp_path / "register.sqlite", SEED).is_empty()


def revision(number: int, revises: str) -> pl.DataFrame:
    row = gated_case(case_id=f"c-revision-{number}", encounter_id=f"e-revision-{number}", revises=revises)
    return pl.DataFrame([row], schema=gated_cases([]).schema)


def test_revision_replaces_its_original() -> None:
    cases = pl.concat([gated_cases(["p-1", "p-2"]), revision(1, "e-0-p-1")])
    assert sorted(drop_superseded(cases)["case_id"]) == ["c-1-p-2", "c-revision-1"]


def test_newest_revision_replaces_the_one_before() -> None:
    cases = pl.concat([gated_cases(["p-1"]), revision(1, "e-0-p-1"), revision(2, "e-0-p-1")])
    assert drop_superseded(cases)["case_id"].to_list() == ["c-revision-2"]


def test_revision_without_its_original_counts() -> None:
    assert drop_superseded(revision(1, "e-quarantined"))["case_id"].to_list() == ["c-revision-1"]


def test_stay_that_a_later_month_brings_again_counts_once_and_as_it_is_now() -> None:
    cases = pl.concat([gated_cases(["p-1", "p-2"]), gated_cases(["p-1"], prompt="as it is now")])
    current = drop_superseded(cases)
    assert sorted(current["case_id"]) == ["c-0-p-1", "c-1-p-2"]
    assert current.filter(case_id="c-0-p-1")["prompt"].item() == "as it is now"

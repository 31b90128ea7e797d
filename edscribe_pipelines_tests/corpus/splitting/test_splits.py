from pathlib import Path

import polars as pl

from edscribe_pipelines.corpus.splitting.assignment import SPLITS
from edscribe_pipelines.corpus.splitting.duplicates import find_duplicates
from edscribe_pipelines.corpus.splitting.splits import split_cases
from edscribe_pipelines_tests.corpus.invented import SEED, case, frame, note, physician_case


def split(cases: pl.DataFrame, register: Path) -> pl.DataFrame:
    return split_cases(cases, find_duplicates(cases, 0.9, SEED), register, SEED)


def visits(stays: int, patients: int, prefix: str = "p") -> pl.DataFrame:
    return frame(*(case(number, f"{prefix}-{number % patients:04}") for number in range(stays)))


def test_same_stays_are_split_alike_in_every_store_whatever_their_random_ids(tmp_path: Path) -> None:
    here, there = visits(40, 40), visits(40, 40).with_columns("z-" + pl.col("patient_key").str.reverse())
    one, two = split(here, tmp_path / "one.sqlite")["split"], split(there, tmp_path / "two.sqlite")["split"]
    assert one.to_list() == two.to_list()


def test_no_patient_is_in_two_splits(tmp_path: Path) -> None:
    done = split(visits(60, 30), tmp_path / "register.sqlite")
    assert done.height == 60
    assert done.group_by("patient_key").agg(pl.col("split").n_unique())["split"].to_list() == [1] * 30
    assert set(done["split"]) == set(SPLITS)


def test_duplicate_is_in_no_split_and_its_patient_in_no_register_for_it_alone(tmp_path: Path) -> None:
    cases = pl.concat([visits(20, 20), frame(case(99, "p-99", completion=note(3)))])
    done = split(cases, tmp_path / "register.sqlite")
    assert sorted(done["case_id"]) == sorted(visits(20, 20)["case_id"])


def test_physicians_cases_are_in_every_split(tmp_path: Path) -> None:
    rows = [physician_case(number) if number % 5 == 0 else case(number) for number in range(150)]
    done = split(frame(*rows), tmp_path / "register.sqlite")
    assert set(done.filter(pl.col("tier") == "physician")["split"]) == set(SPLITS)


def test_feedback_stays_with_its_patient(tmp_path: Path) -> None:
    register, cases = tmp_path / "register.sqlite", visits(30, 30)
    before = split(cases, register)
    correction = frame(physician_case(500, "p-0007", revises="e-000007"))
    after = split(pl.concat([cases, correction]), register)
    was, now = before.filter(case_id="c-000007"), after.filter(case_id="c-000500")
    assert was["split"].item() == now["split"].item()
    assert "c-000007" not in set(after["case_id"])


def test_empty_corpus_splits_into_nothing(tmp_path: Path) -> None:
    assert split(frame(), tmp_path / "register.sqlite").is_empty()

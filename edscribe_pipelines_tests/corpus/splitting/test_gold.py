from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.corpus.splitting.duplicates import find_duplicates
from edscribe_pipelines.corpus.splitting.gold import freeze_gold, gold_set, gold_violations
from edscribe_pipelines_tests.corpus.invented import SEED, case, frame, note, physician_case


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return tmp_path / "gold_set.sqlite"


def in_split(split: str, *rows: dict[str, object]) -> pl.DataFrame:
    return frame(*rows).with_columns(split=pl.lit(split))


TEST = in_split("test", *(physician_case(number) for number in range(40)))


def test_only_what_a_physician_wrote_unaided_and_tests_becomes_gold(register: Path) -> None:
    cases = pl.concat(
        [
            in_split("test", physician_case(1), physician_case(2, revises="e-1"), case(3)),
            in_split("test", case(4, tier="physician", note_origin="model")),
            in_split("train", physician_case(5)),
            in_split("validation", physician_case(6)),
        ]
    )
    assert freeze_gold(cases, register, 100, SEED)["case_id"].to_list() == ["c-000001"]


def test_gold_set_ends_at_its_limit_and_is_filled_up_later(register: Path) -> None:
    first = freeze_gold(TEST.head(8), register, 12, SEED)
    second = freeze_gold(TEST, register, 12, SEED)
    assert (first.height, second.height) == (8, 12)
    assert second.head(8).equals(first)
    assert freeze_gold(TEST, register, 12, SEED).equals(second)
    assert freeze_gold(TEST, register, 5, SEED).equals(second)


def test_strata_are_in_the_gold_set_alike(register: Path) -> None:
    gold = freeze_gold(TEST, register, 10, SEED)
    levels = gold["metadata"].struct.field("esi_level").value_counts()
    assert dict(levels.iter_rows()) == pytest.approx(dict.fromkeys(range(1, 6), 2), abs=1)


def test_seed_and_order_choose_whatever_the_ids(tmp_path: Path) -> None:
    renamed = TEST.with_columns(pl.col("case_id", "encounter_id", "patient_key").str.reverse())
    here, there, other = (
        freeze_gold(cases, tmp_path / f"{name}.sqlite", 10, seed)["prompt"].to_list()
        for name, cases, seed in (("here", TEST, 1), ("there", renamed, 1), ("other", TEST, 2))
    )
    assert here == there != other


def test_frozen_case_keeps_its_content_when_it_is_revised(register: Path) -> None:
    gold = freeze_gold(TEST.head(5), register, 5, SEED)
    revised = TEST.with_columns(completion=pl.lit("revised"), prompt=pl.lit("revised"))
    assert freeze_gold(revised, register, 5, SEED).equals(gold)
    assert gold_set(register).sort("case_id")["completion"].to_list() == [note(number) for number in range(5)]
    assert gold_set(register)["metadata"].dtype == TEST["metadata"].dtype


def test_gold_set_that_nobody_learns_from_has_no_violations(register: Path) -> None:
    gold = freeze_gold(TEST, register, 10, SEED)
    seen = in_split("train", *(case(number) for number in range(100, 140)))
    assert gold_violations(gold, pl.concat([TEST, seen]), 0.9) == []
    assert gold_violations(gold.clear(), seen, 0.9) == []


@pytest.mark.parametrize("split", ["train", "validation"])
def test_gold_case_its_patient_or_its_likeness_outside_the_test_split_is_a_violation(
    register: Path, split: str
) -> None:
    gold = freeze_gold(TEST.head(3), register, 3, SEED)
    own = in_split(split, physician_case(1))
    patient = in_split(split, case(100, "p-000002"))
    near = in_split(split, case(101, completion=note(2).replace(" 1", " 2", 1)))
    patients, alike = (
        "1 cases of gold patients in train or validation",
        "1 near-duplicates of gold cases in train or validation",
    )
    assert gold_violations(gold, own, 0.9) == [patients, alike]
    assert gold_violations(gold, patient, 0.9) == [patients]
    assert gold_violations(gold, near, 0.9) == [alike]


def test_likeness_of_a_gold_case_that_left_the_corpus_is_kept_out_as_a_duplicate(register: Path) -> None:
    gold = freeze_gold(TEST.head(3), register, 3, SEED)
    compared = ["case_id", "encounter_id", "revises", "completion"]
    later = frame(case(101, completion=note(2).replace(" 1", " 2", 1)), case(102), physician_case(1))
    found = find_duplicates(pl.concat([gold.select(compared), later.select(compared)]), 0.9, SEED)
    assert found["case_id", "duplicate_of"].rows() == [("c-000101", "c-000002")]


@pytest.mark.parametrize("column", ["prompt", "completion"])
def test_changed_content_is_a_violation(register: Path, column: str) -> None:
    gold = freeze_gold(TEST.head(3), register, 3, SEED)
    changed = gold.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("other")).otherwise(column).alias(column)
    )
    assert gold_violations(changed, TEST, 0.9) == ["1 gold cases whose content changed"]

import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from edscribe_pipelines.corpus.splitting.assignment import SPLITS, assign_patients
from edscribe_pipelines_tests.corpus.invented import SEED


def patients(count: int, start: int = 0, strata: int = 1) -> dict[str, str]:
    return {f"p-{number:05}": f"stratum {number % strata}" for number in range(start, start + count)}


@pytest.mark.parametrize("count", [10, 12, 25, 47, 100, 333])
@pytest.mark.parametrize("strata", [1, 7, 40])
def test_patients_split_80_10_10_within_one(tmp_path: Path, count: int, strata: int) -> None:
    assigned = assign_patients(patients(count, strata=strata), tmp_path / "register.sqlite", SEED)
    counts = Counter(assigned.values())
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


def test_other_seed_or_stratum_moves_nobody_who_has_a_split(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    before = assign_patients(patients(30), register, SEED)
    assert assign_patients(patients(30, strata=5), register, SEED + 1) == before


def test_register_is_append_only(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    first = assign_patients(patients(20), register, SEED)
    assign_patients(patients(5, start=50), register, SEED)
    rows = registered(register)
    assert len(rows) == 25
    assert first.items() <= rows.items()


def registered(register: Path) -> dict[str, str]:
    with closing(sqlite3.connect(register)) as connection:
        return dict(connection.execute("SELECT patient_key, split FROM assignments"))


def test_seed_decides_who_is_held_out(tmp_path: Path) -> None:
    one, same, other = (
        assign_patients(patients(100), tmp_path / f"{name}.sqlite", seed)
        for name, seed in (("one", SEED), ("same", SEED), ("other", SEED + 1))
    )
    assert one == same != other


def test_stratum_is_remembered_from_the_first_month(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    assign_patients(patients(20), register, SEED)
    later = assign_patients(dict.fromkeys(patients(20), "another") | patients(20, start=20), register, SEED)
    assert Counter(later.values()) == {"train": 32, "validation": 4, "test": 4}
    with closing(sqlite3.connect(register)) as connection:
        assert {row[0] for row in connection.execute("SELECT stratum FROM assignments")} == {"stratum 0"}


def test_register_of_an_earlier_version_keeps_its_patients_and_takes_new_ones(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    old = {f"p-{number:05}": ("train", "test", "validation")[max(0, number - 17)] for number in range(20)}
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute("CREATE TABLE assignments (patient_key TEXT PRIMARY KEY, split TEXT NOT NULL)")
        connection.executemany("INSERT INTO assignments VALUES (?, ?)", old.items())
    assigned = assign_patients(patients(100, strata=4), register, SEED)
    assert old.items() <= assigned.items()
    counts = Counter(assigned.values())
    assert abs(counts["test"] - 10) <= 1
    assert abs(counts["validation"] - 10) <= 1
    assert registered(register) == assigned


def test_processes_that_assign_at_once_agree(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite"
    with ThreadPoolExecutor(4) as pool:
        assigned = list(pool.map(lambda start: assign_patients(patients(60, start), register, SEED), (0, 20, 40, 0)))
    rows = registered(register)
    assert len(rows) == 100
    assert all(each.items() <= rows.items() for each in assigned)

"""Six months of arrivals, one after the other, as the `splits` asset takes them in."""

import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from edscribe_pipelines.corpus.splitting.certificate import certify, violations
from edscribe_pipelines.corpus.splitting.corrections import original_stays
from edscribe_pipelines.corpus.splitting.duplicates import find_duplicates, in_order_of_arrival
from edscribe_pipelines.corpus.splitting.gold import freeze_gold, gold_violations
from edscribe_pipelines.corpus.splitting.splits import split_cases
from edscribe_pipelines_tests.corpus.invented import SEED, case, frame, note, physician_case

MONTH_SIZES = st.lists(st.integers(0, 50), min_size=6, max_size=6)


def month_of(number: int, size: int, before: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """Return a month's cases: known and new patients, near-duplicates of earlier notes, corrections, stays again."""
    rows: list[dict[str, Any]] = []
    for place in range(size):
        identity, kind = 1000 * number + place, chance.random()
        make = physician_case if chance.random() < 0.2 else case
        if kind < 0.15 and before:
            near = chance.choice(before)["completion"].replace(" 1", " 2", 1)
            rows.append(make(identity, completion=near))
        elif kind < 0.25 and before:
            original = chance.choice(before)
            corrected = original["completion"].replace(" 3", " 4", 1)
            revises = original["encounter_id"]
            rows.append(physician_case(identity, original["patient_key"], revises=revises, completion=corrected))
        elif kind < 0.3 and before:
            rows.append({**chance.choice(before)})
        else:
            rows.append(make(identity, f"p-{chance.randrange(120):04}", completion=note(identity, 40)))
    return rows


@settings(max_examples=15)
@given(sizes=MONTH_SIZES, seed=st.integers(0, 2**32))
def test_six_months_move_nobody_keep_the_shares_and_hold_the_certificate(sizes: list[int], seed: int) -> None:
    chance, months, rows = random.Random(seed), [], []
    patients: dict[str, str] = {}
    exported: set[str] = set()
    with tempfile.TemporaryDirectory() as store:
        for number, size in enumerate(sizes):
            arrived = month_of(number, size, rows, chance)
            rows += arrived
            months.append(frame(*arrived))
            cases = in_order_of_arrival(months)
            split = split_cases(cases, find_duplicates(cases, 0.9, SEED), Path(store) / "splits.sqlite", SEED)
            gold = freeze_gold(split, Path(store) / "gold.sqlite", 3, SEED)
            now = dict(split["patient_key", "split"].iter_rows())
            stays = cases.select("case_id", "revises", stay=original_stays(cases))
            corrected = stays.filter(pl.col("revises").is_not_null())["stay"].implode()
            superseded = set(stays.filter(pl.col("stay").is_in(corrected))["case_id"])
            again = {row["case_id"] for row in arrived} | superseded

            assert all(now.get(patient, its) == its for patient, its in patients.items())
            assert exported - again <= set(split["case_id"])
            assert violations(certify(split, gold, 0.9)) == []
            assert gold_violations(gold, split, 0.9) == []
            if len(now) >= 10 and now.keys() >= patients.keys():
                counts = Counter(now.values())
                assert all(abs(counts[held] - 0.1 * len(now)) <= 1 for held in ("test", "validation"))
            patients |= now
            exported = set(split["case_id"])


def test_months_arrive_as_the_test_says() -> None:
    chance = random.Random(1)
    rows = month_of(0, 50, [], chance)
    rows += month_of(1, 50, rows, chance)
    found = find_duplicates(frame(*rows), 0.9, SEED)
    assert found.height > 3
    assert pl.Series([row["revises"] for row in rows]).is_not_null().sum() >= 3
    assert len({row["case_id"] for row in rows}) < len(rows)

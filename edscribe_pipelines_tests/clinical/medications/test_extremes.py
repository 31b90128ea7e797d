"""Extreme doses that are right, each with its source: none blocks beside its reason, each is asked for without it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note

with Path(__file__).with_name("true_extremes.csv").open(encoding="utf-8", newline="") as _file:
    EXTREMES = list(csv.DictReader(_file))


def severities(note: str) -> set[str]:
    return {finding["severity"] for finding in check_doses(parse_note(note))}


def test_the_table_holds_at_least_forty_with_a_source() -> None:
    assert len({row["order"] for row in EXTREMES}) >= 40
    assert all(row["source"] and row["year"] for row in EXTREMES)


@pytest.mark.parametrize("row", EXTREMES, ids=lambda row: row["order"])
@pytest.mark.parametrize("order_first", [True, False])
def test_a_true_extreme_never_blocks_beside_its_reason(row: dict[str, str], order_first: bool) -> None:
    said = [row["order"], row["indication"]]
    assert "critical" not in severities(" ".join(said if order_first else said[::-1]))


@pytest.mark.parametrize("row", EXTREMES, ids=lambda row: row["order"])
def test_a_true_extreme_is_asked_for_without_its_reason(row: dict[str, str]) -> None:
    assert severities(row["order"]) & {"warning", "critical"}

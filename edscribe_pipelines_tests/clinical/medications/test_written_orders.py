"""Orders in the forms in which they are written, right ones and extreme ones: `written_orders.csv`.

`findings` is silent for none, critical for one that blocks, finding for any; `read` is what is read of the drug in all.
A tab and a line break are written as in Python.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.medications.mentions import dose_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote, parse_note

with Path(__file__).with_name("written_orders.csv").open(encoding="utf-8", newline="") as _file:
    ORDERS = list(csv.DictReader(_file))


def note_with(order: str) -> ParsedNote:
    return parse_note(order.replace("\\t", "\t").replace("\\n", "\n"))


def test_each_form_has_orders_that_are_right_and_some_that_are_not() -> None:
    forms = Counter((row["form"], row["findings"] == "silent") for row in ORDERS if row["form"] != "unreadable")
    assert len(forms) == 18
    assert min(forms.values()) >= 3


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row["order"])
def test_a_right_order_is_silent_and_an_extreme_one_is_found(row: dict[str, str]) -> None:
    found = {finding["severity"] for finding in check_doses(note_with(row["order"]))}
    match row["findings"]:
        case "silent":
            assert not found
        case "critical":
            assert "critical" in found
        case _:
            assert found


@pytest.mark.parametrize("row", [row for row in ORDERS if row["read"]], ids=lambda row: row["order"])
def test_the_whole_amount_is_read(row: dict[str, str]) -> None:
    *drug, value, unit = row["read"].split()
    doses = [dose.in_mass() for dose in dose_mentions(note_with(row["order"])) if dose.drug == " ".join(drug)]
    assert {dose.quantity.unit for dose in doses} == {unit}
    assert sum(dose.quantity.value * dose.times for dose in doses) == pytest.approx(float(value))

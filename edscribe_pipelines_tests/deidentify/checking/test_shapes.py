from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.checking.shapes import shape_findings
from edscribe_pipelines.tables import read_table

FOLDER = "edscribe_pipelines.deidentify.tables"
SHAPES = read_table("gate_shapes.csv", FOLDER)
LABELS = read_table("gate_labels.csv", FOLDER)


@pytest.mark.parametrize("row", SHAPES, ids=[f"{row['rule']}-{number}" for number, row in enumerate(SHAPES)])
def test_each_shape_finds_its_example_and_passes_its_counterpart(row: dict[str, str]) -> None:
    assert row["rule"] in set(shape_findings(row["example"].lower()))
    assert row["rule"] not in set(shape_findings(row["passes"].lower()))


@pytest.mark.parametrize("row", LABELS, ids=[row["label"] for row in LABELS])
def test_each_label_counts_from_its_number_of_digits_on(row: dict[str, str]) -> None:
    digits = "8154672309"[: int(row["min_digits"])]
    assert row["rule"] in set(shape_findings(f"{row['label']}: {digits}"))
    assert row["rule"] in set(shape_findings(f"{row['label']} number {digits[:2]}-{digits[2:]}"))
    assert set(shape_findings(f"{row['label']}: {digits[:-1][:3]}")) == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("at (415) 555-0132", "phone"),
        ("cell 4155550132", "phone"),
        ("fax 246-4819", "phone"),
        ("[phone] x9032", "phone"),
        ("xxx-xx-9018", "ssn"),
        ("acct # har 632107202", "record_number"),
        ("mrnr472348", "record_number"),
        ("mrn 448 291 07", "record_number"),
        ("insurance id: 1eg4-te5-mk62", "health_plan"),
        ("ssn ending 9018", "ssn"),
        ("medicaid id cz40129g", "health_plan"),
        ("driver's license s42091567", "license"),
        ("pacemaker, serial number htx069560s", "device"),
        ("icd s/n sn42091567", "device"),
        ("accession s97-14398", "other_id"),
        ("specimen labelled s24-00917", "other_id"),
        ("inmate number b-77120", "other_id"),
        ("police report # 12-345678", "other_id"),
        ("thumbprint ref fp-57656115", "biometric"),
        ("january 13th , 1982", "full_date"),
        ("14-mar-2024", "full_date"),
        ("march 14, 2024", "full_date"),
        ("the 3rd of may 2021", "full_date"),
        ("03 feb at 00:35", "day_of_year"),
        ("lmp: 5/13", "day_of_year"),
        ("a 101 y.o. man", "age_over_89"),
        ("aged\n92", "age_over_89"),
        ("91-year-old", "age_over_89"),
        ("see 42091567 there", "long_number"),
        ("ref vss-420915", "code"),
        ("from 00:1b:44:11:3a:b7", "ip"),
        ("from fe80::1ff:fe23:4567:890a", "ip"),
    ],
)
def test_identifiers_of_each_kind_are_found(text: str, rule: str) -> None:
    assert rule in set(shape_findings(text))


HINTS = " @ .com street box ninety tag 9 m 9 jan jan 9 of may 9th at dot "
"""What makes every shape look at a line."""


def test_a_long_line_of_one_shape_costs_no_more_than_its_length() -> None:
    for part in ("a-", "1 ", "7-", "a:", "a.", "plate ", "1/2/", "12 a", "1st ", "12 aa ", "a at "):
        assert set(shape_findings(part * 20_000 + HINTS)) <= {"url", "day_of_year"}

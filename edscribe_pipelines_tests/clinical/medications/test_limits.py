import math

import pytest

from edscribe_pipelines.clinical.medications.limits import (
    ANY_DOSED_IN_MG,
    DoseLimit,
    blocks,
    dose_limits,
    drugs_dosed_in_mg,
)
from edscribe_pipelines.clinical.medications.quantities import in_base
from edscribe_pipelines.tables import read_table

ROWS = read_table("dose_limits.csv")


def limit(drug: str, route: str, indication: str) -> DoseLimit:
    (found,) = (each for each in dose_limits()[drug] if each.routes == {route} and each.indication == indication)
    return found


@pytest.mark.parametrize(
    ("drug", "route", "indication", "figure", "maximum", "unit"),
    [
        ("morphine", "IV", "any", "single", 15, "mg"),
        ("fentanyl", "IV", "any", "single", 200, "mcg"),
        ("midazolam", "IV", "any", "single", 10, "mg"),
        ("lorazepam", "IV", "any", "single", 4, "mg"),
        ("epinephrine", "IV", "cardiac_arrest", "single", 1, "mg"),
        ("atropine", "IV", "any", "total", 3, "mg"),
        ("adenosine", "IV", "any", "single", 12, "mg"),
        ("amiodarone", "IV", "cardiac_arrest", "single", 300, "mg"),
        ("naloxone", "IV", "any", "total", 10, "mg"),
        ("aspirin", "PO", "acs", "single", 325, "mg"),
        ("nitroglycerin", "SL", "any", "single", 0.4, "mg"),
    ],
)
def test_the_physicians_eleven_limits_are_rows_that_block(
    drug: str, route: str, indication: str, figure: str, maximum: float, unit: str
) -> None:
    (row,) = (row for row in ROWS if row["plan"] == "yes" and row["drug"] == drug)
    assert route in row["route"].split(";")
    assert (row["indication"], float(row[figure]), row["unit"]) == (indication, maximum, unit)
    assert blocks(row)


def test_eleven_rows_are_of_the_plan() -> None:
    assert sum(row["plan"] == "yes" for row in ROWS) == 11


def test_a_row_blocks_if_it_is_a_sourced_maximum_or_of_the_plan_and_in_no_other_case() -> None:
    for row in ROWS:
        sourced = row["status"] == "verified" and row["tier"] in ("A", "B") and row["bound"] == "maximum"
        assert blocks(row) == (row["checked"] == "yes" and (sourced or row["plan"] == "yes"))


def test_every_row_says_what_it_holds_for_and_how_much() -> None:
    figures = ("single", "per_kg", "total", "total_per_kg", "rate", "no_limit")
    for row in ROWS:
        assert row["route"]
        assert row["indication"]
        assert row["bound"] in ("maximum", "usual")
        assert row["checked"] == "no" or any(row[figure] for figure in figures)
        assert row["checked"] == "yes" or "Not machine-checked" in row["note"]


def test_rows_stand_in_the_order_of_drug_route_and_indication() -> None:
    keys = [(row["drug"], row["route"], row["indication"]) for row in ROWS]
    assert keys == sorted(keys)


def test_every_limit_is_of_a_drug_and_an_indication_that_notes_are_read_for() -> None:
    drugs = {row["drug"] for row in read_table("drug_names.csv")} | {ANY_DOSED_IN_MG}
    indications = {row["indication"] for row in read_table("indications.csv")} | {"any"}
    assert set(dose_limits()) <= drugs
    assert {each.indication for limits in dose_limits().values() for each in limits} <= indications


@pytest.mark.parametrize(
    ("value", "unit", "per", "expected"),
    [
        (200, "mcg", None, (0.2, "mg", False)),
        (1, "g", None, (1000, "mg", False)),
        (40, "mEq", None, (40, "mEq", False)),
        (5000, "units", None, (5000, "units", False)),
        (0.3, "mg", "kg", (0.3, "mg", True)),
        (10, "mg", "h", (10, "mg", False)),
        (1, "mg", "min", (60, "mg", False)),
        (5, "mcg", "kg/min", (0.3, "mg", True)),
        (0.1, "units", "kg/h", (0.1, "units", True)),
    ],
)
def test_amounts_are_compared_in_one_unit(
    value: float, unit: str, per: str | None, expected: tuple[float, str, bool]
) -> None:
    amount = in_base(value, unit, per)
    assert (pytest.approx(amount.value), amount.unit, amount.per_kg) == expected


def ceilings(each: DoseLimit, per_kg: bool, weight_kg: float | None) -> list[float]:
    return [pytest.approx(ceiling) for ceiling, _ in each.ceilings("single", per_kg, weight_kg)]


def test_a_limit_by_weight_leaves_room_for_rounding() -> None:
    assert ceilings(limit("etomidate", "IV", "rsi"), False, 70) == [30, 0.3 * 70 * 1.1]


def test_a_limit_by_weight_without_a_weight_is_that_of_a_heavy_patient() -> None:
    assert ceilings(limit("verapamil", "IV", "any"), False, None) == [0.15 * 130]


def test_a_dose_said_per_kg_is_compared_as_it_is_written() -> None:
    assert ceilings(limit("etomidate", "IV", "rsi"), True, 100) == [30 / 100, 0.3]


def test_a_limit_by_weight_stops_at_its_cap() -> None:
    assert ceilings(limit("vancomycin", "IV", "severe_infection"), False, 120) == [3000]


def test_an_indication_can_set_the_total_free() -> None:
    free = limit("atropine", "IV", "organophosphate")
    assert [ceiling for ceiling, _ in free.ceilings("total", False, None)] == [math.inf]


def test_only_drugs_dosed_in_milligrams_are_misread_in_micrograms() -> None:
    assert {"midazolam", "morphine", "ketamine"} <= drugs_dosed_in_mg()
    assert not {"fentanyl", "epinephrine", "nitroglycerin", "heparin"} & drugs_dosed_in_mg()

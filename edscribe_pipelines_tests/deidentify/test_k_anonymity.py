from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import PhiEncounter, to_frame
from edscribe_pipelines.deidentify.k_anonymity import k_anonymity_summary, k_anonymity_table
from edscribe_pipelines_tests.builders import phi_encounter


def encounters(*rows: dict[str, Any]) -> pl.DataFrame:
    return to_frame(PhiEncounter, [phi_encounter(**row) for row in rows])


def patients(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [{"patient_key": f"p-{number}-{sorted(changes.items())}", **changes} for number in range(count)]


def group_of(**changes: Any) -> dict[str, Any]:
    """Return the group that a patient with `changes` stands in."""
    return k_anonymity_table(encounters(changes), k=1).row(0, named=True)


def zip_codes(*values: str, kind: str = "zip") -> list[dict[str, str]]:
    return [{"kind": "patient_name", "value": "Zorvanka Delmiquist"}, *({"kind": kind, "value": v} for v in values)]


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0-9"), (9, "0-9"), (10, "10-19"), (89, "80-89"), (90, "90+"), (104, "90+"), (None, "not recorded")],
)
def test_ages_stand_in_bands_of_ten_and_90_and_over_in_one(age: int | None, band: str) -> None:
    assert group_of(age_years=age)["age_band"] == band


@pytest.mark.parametrize(
    ("known", "zip3"),
    [
        (zip_codes("60614"), "606"),
        (zip_codes("60614-1234", "10001"), "606"),
        (zip_codes("606141234"), "606"),
        (zip_codes("60614", kind="Patient_ZIP"), "606"),
        (zip_codes("03601"), "000"),
        (zip_codes("SW1A 1AA"), "not recorded"),
        (zip_codes(), "not recorded"),
        ([], "not recorded"),
    ],
)
def test_zip_code_stands_as_its_area_unless_few_live_there(known: list[dict[str, str]], zip3: str) -> None:
    assert group_of(known_identifiers=known)["zip3"] == zip3


@pytest.mark.parametrize(("arrival", "year"), [("2150-03-01 10:00:00", "2150"), (None, "not recorded")])
def test_arrival_stands_as_its_year(arrival: str | None, year: str) -> None:
    assert group_of(arrival_time=arrival)["year"] == year


def test_sex_that_is_not_recorded_is_a_class_of_its_own() -> None:
    assert group_of(sex=None)["sex"] == "not recorded"


def test_group_of_10_is_not_displayed_and_group_of_11_is() -> None:
    table = k_anonymity_table(encounters(*patients(10, sex="F"), *patients(11, sex="M")))
    assert table.select("sex", "patients").rows() == [("F", "<11"), ("M", "11")]


def test_patient_who_comes_again_counts_once_in_a_group_and_once_in_each_other() -> None:
    again = {"patient_key": "p-1"}
    table = k_anonymity_table(encounters(again, again, {**again, "arrival_time": "2151-01-01 00:00:00"}), k=1)
    assert table.select("year", "patients").rows() == [("2150", "1"), ("2151", "1")]


def test_summary_counts_small_groups_and_the_patients_in_them() -> None:
    frame = encounters(*patients(12, sex="F"), *patients(3, sex="M"), *patients(1, sex=None))
    assert k_anonymity_summary(frame) == {
        "k": 11,
        "patients": 16,
        "groups": 3,
        "small_groups": 2,
        "share_in_small_groups": 0.25,
        "smallest_group": 1,
    }


def test_no_encounters_give_an_empty_table_and_a_summary_of_noughts() -> None:
    assert k_anonymity_table(encounters()).height == 0
    summary = k_anonymity_summary(encounters())
    assert summary == dict.fromkeys(summary, 0) | {"k": 11}


def test_table_holds_bands_and_counts_and_no_value_of_the_record() -> None:
    row = {"known_identifiers": zip_codes("60614"), "age_years": 61, "encounter_id": "e-1"}
    table = k_anonymity_table(encounters(*patients(12, **row)))
    assert table.rows() == [("60-69", "F", "606", "2150", "12")]
    assert "Zorvanka" not in table.write_csv()

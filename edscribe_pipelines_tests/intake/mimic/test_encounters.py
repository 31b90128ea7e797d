from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.clinical.records import PhiEncounter, polars_schema
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.encounters import build_encounters
from edscribe_pipelines.intake.mimic.raw_tables import scan_release
from edscribe_pipelines_tests.builders import (
    DIAGNOSIS,
    DISPENSED,
    MEDICATION,
    STAY,
    TRIAGE,
    VITALS,
    stay_of,
    take_in,
    write_release,
)
from edscribe_pipelines_tests.conftest import TakenIn

SECOND = {**STAY, "subject_id": "10900002", "stay_id": "38000002"}


def problems(intake: Any) -> list[tuple[str, int, str, str, str]]:
    return intake.problems.select("table", "row", "column", "field", "reason").sort("table", "row").rows()


def test_stay_becomes_its_facts_in_the_projects_names(tmp_path: Path) -> None:
    stay = stay_of(take_in(tmp_path))
    assert (stay["sex"], stay["arrival_transport"], stay["disposition"]) == ("F", "AMBULANCE", "ADMITTED")
    assert (stay["chief_complaint"], stay["triage_acuity"], stay["minutes_in_ed"]) == ("Chest pain, Dyspnea", 2, 263)
    assert stay["triage"] == {
        "temperature_degf": 98.4,
        "heart_rate_bpm": 104,
        "respiratory_rate_bpm": 18,
        "spo2_pct": 97,
        "sbp_mmhg": 142,
        "dbp_mmhg": 81,
        "pain_0_10": 8,
    }
    assert [(vitals["minute"], vitals["heart_rate_bpm"]) for vitals in stay["vitals"]] == [(41, 98)]
    assert stay["home_medications"] == [{"name": "aspirin"}]
    assert stay["dispensed"] == [{"minute": 12, "name": "Morphine Sulfat 4mg/1mL 1mL VIAL"}]
    assert stay["diagnoses"] == [{"rank": 1, "code": "R079", "system": "icd10", "title": "Chest pain, unspecified"}]
    assert (stay["note"], stay["age_years"], stay["set_aside"]) == (None, None, [])


def test_source_ids_and_arrival_stay_beside_the_facts(tmp_path: Path) -> None:
    stay = stay_of(take_in(tmp_path, edstays=[{**STAY, "hadm_id": "25000001"}]))
    assert stay["arrival_time"] == "2150-03-01 10:00:00"
    assert {(each["kind"], each["value"]) for each in stay["source_ids"]} == {
        ("subject_id", "10900001"),
        ("stay_id", "38000001"),
        ("hadm_id", "25000001"),
    }


@pytest.mark.parametrize(
    ("charted", "degf"), [("98.4", 98.4), ("36.5", 97.7), ("31.4", 88.5), ("40", 104.0), ("104.2", 104.2)]
)
def test_celsius_among_fahrenheit_is_converted(tmp_path: Path, charted: str, degf: float) -> None:
    assert stay_of(take_in(tmp_path, triage=[{**TRIAGE, "temperature": charted}]))["triage"]["temperature_degf"] == degf


@pytest.mark.parametrize("charted", ["9.84", "60", "984", "0", "-36"])
def test_temperature_in_no_known_unit_is_not_guessed(tmp_path: Path, charted: str) -> None:
    intake = take_in(tmp_path, triage=[{**TRIAGE, "temperature": charted}])
    assert stay_of(intake)["triage"]["temperature_degf"] is None
    assert problems(intake) == [("triage", 2, "temperature", "triage.temperature_degf", "outside 77 to 110.3 degF")]


@pytest.mark.parametrize(("charted", "pain"), [("8", 8), ("8/10", 8), ("8 / 10", 8), ("0", 0), ("10", 10), (" 7 ", 7)])
def test_pain_is_read_as_charted(tmp_path: Path, charted: str, pain: int) -> None:
    intake = take_in(tmp_path, triage=[{**TRIAGE, "pain": charted}])
    assert stay_of(intake)["triage"]["pain_0_10"] == pain
    assert problems(intake) == []


@pytest.mark.parametrize(
    ("charted", "reason"),
    [
        ("13", "outside 0 to 10 points"),
        ("unable", "not measurable"),
        ("Ett", "not measurable"),
        ("o", "not a number"),
        ("moderate", "not a number"),
        ("-3", "not a number"),
        ("nan", "not a number"),
        ("10-12", "outside 0 to 10 points"),
    ],
)
def test_pain_that_is_no_score_is_set_aside(tmp_path: Path, charted: str, reason: str) -> None:
    intake = take_in(tmp_path, triage=[{**TRIAGE, "pain": charted}])
    assert stay_of(intake)["triage"]["pain_0_10"] is None
    assert stay_of(intake)["set_aside"] == [{"field": "triage.pain_0_10", "reason": reason}]
    assert problems(intake) == [("triage", 2, "pain", "triage.pain_0_10", reason)]


@pytest.mark.parametrize(
    ("column", "charted", "field", "reason"),
    [
        ("dbp", "879", "dbp_mmhg", "outside 10 to 200 mm[Hg]"),
        ("o2sat", "10", "spo2_pct", "outside 30 to 100 %"),
        ("o2sat", "101", "spo2_pct", "outside 30 to 100 %"),
        ("sbp", "11", "sbp_mmhg", "outside 30 to 300 mm[Hg]"),
        ("heartrate", "inf", "heart_rate_bpm", "outside 10 to 299 /min"),
        ("resprate", "twenty", "respiratory_rate_bpm", "not a number"),
    ],
)
def test_value_that_cannot_be_true_is_set_aside_with_its_place(
    tmp_path: Path, column: str, charted: str, field: str, reason: str
) -> None:
    plain = {**VITALS, "charttime": "2150-03-01 10:30:00"}
    intake = take_in(tmp_path, vitalsign=[plain, {**VITALS, column: charted}])
    stay = stay_of(intake)
    kept = [vitals for vitals in stay["vitals"] if vitals["minute"] == 41]
    assert all(vitals[field] is None for vitals in kept)
    assert stay["set_aside"] == [{"field": f"vitals.{field}", "reason": reason}]
    assert problems(intake) == [("vitalsign", 3, column, f"vitals.{field}", reason)]
    assert intake.problems["stay_id"].to_list() == ["38000001"]


@pytest.mark.parametrize(("sbp", "dbp"), [("85", "130"), ("90", "90")])
def test_pressures_in_the_wrong_order_are_both_set_aside(tmp_path: Path, sbp: str, dbp: str) -> None:
    intake = take_in(tmp_path, triage=[{**TRIAGE, "sbp": sbp, "dbp": dbp}])
    triage = stay_of(intake)["triage"]
    assert (triage["sbp_mmhg"], triage["dbp_mmhg"], triage["heart_rate_bpm"]) == (None, None, 104)
    assert [(column, reason) for _, _, column, _, reason in problems(intake)] == [
        ("sbp", "diastolic not below systolic"),
        ("dbp", "diastolic not below systolic"),
    ]


def test_impossible_diastolic_leaves_the_systolic_a_fact(tmp_path: Path) -> None:
    triage = stay_of(take_in(tmp_path, triage=[{**TRIAGE, "dbp": "879"}]))["triage"]
    assert (triage["sbp_mmhg"], triage["dbp_mmhg"]) == (142, None)


@pytest.mark.parametrize(
    ("charted", "reason"),
    [
        ("2150-03-01 09:12:00", "charted before the arrival"),
        ("2150-03-01 14:40:00", "charted after the departure"),
        ("yesterday", "not a time"),
        ("", "not a time"),
    ],
)
def test_rows_outside_the_stay_are_no_facts_of_it(tmp_path: Path, charted: str, reason: str) -> None:
    intake = take_in(
        tmp_path,
        vitalsign=[VITALS, {**VITALS, "charttime": charted, "o2sat": "10"}],
        pyxis=[DISPENSED, {**DISPENSED, "charttime": charted}],
    )
    stay = stay_of(intake)
    assert [vitals["minute"] for vitals in stay["vitals"]] == [41]
    assert [drug["minute"] for drug in stay["dispensed"]] == [12]
    assert problems(intake) == [
        ("pyxis", 3, "charttime", "dispensed.minute", reason),
        ("vitalsign", 3, "charttime", "vitals.minute", reason),
    ]


def test_the_minutes_of_arrival_and_departure_belong_to_the_stay(tmp_path: Path) -> None:
    edges = [{**VITALS, "charttime": STAY["intime"]}, {**VITALS, "charttime": STAY["outtime"]}]
    assert [vitals["minute"] for vitals in stay_of(take_in(tmp_path, vitalsign=edges))["vitals"]] == [0, 263]


def test_vitals_come_in_order_of_time_and_ties_keep_file_order(tmp_path: Path) -> None:
    later = {**VITALS, "charttime": "2150-03-01 11:00:00", "heartrate": "90"}
    tied = [{**VITALS, "heartrate": rate} for rate in ("99", "97", "98")]
    stay = stay_of(take_in(tmp_path, vitalsign=[later, *tied]))
    assert [vitals["heart_rate_bpm"] for vitals in stay["vitals"]] == [99, 97, 98, 90]


def test_charting_without_any_value_is_left_out(tmp_path: Path) -> None:
    empty = {**VITALS, "heartrate": "", "charttime": "2150-03-01 11:00:00"}
    rhythm_alone = {**empty, "rhythm": "Sinus Rhythm", "charttime": "2150-03-01 12:00:00"}
    stay = stay_of(take_in(tmp_path, vitalsign=[VITALS, empty, rhythm_alone]))
    assert [(vitals["minute"], vitals["rhythm"]) for vitals in stay["vitals"]] == [(41, None), (120, "Sinus Rhythm")]


def test_drug_once_for_each_of_its_classes_stands_once(tmp_path: Path) -> None:
    classes = [{**MEDICATION, "etc_rn": number, "etccode": f"0000057{number}"} for number in ("1", "2", "3")]
    other = {**MEDICATION, "name": "lisinopril"}
    stay = stay_of(take_in(tmp_path, medrecon=[*classes, other]))
    assert stay["home_medications"] == [{"name": "aspirin"}, {"name": "lisinopril"}]


def test_each_dispensing_stands_once_whatever_its_codes(tmp_path: Path) -> None:
    codes = [{**DISPENSED, "gsn_rn": number, "gsn": f"00408{number}"} for number in ("1", "2")]
    again = {**DISPENSED, "charttime": "2150-03-01 12:00:00", "med_rn": "2"}
    stay = stay_of(take_in(tmp_path, pyxis=[again, *codes]))
    assert [drug["minute"] for drug in stay["dispensed"]] == [12, 120]


def test_two_dispensings_in_one_minute_stay_two(tmp_path: Path) -> None:
    stay = stay_of(take_in(tmp_path, pyxis=[DISPENSED, {**DISPENSED, "med_rn": "2"}]))
    assert len(stay["dispensed"]) == 2


def test_diagnoses_come_by_rank_and_codes_keep_leading_zeros(tmp_path: Path) -> None:
    coded = {"icd_code": "0059", "icd_version": "9", "icd_title": "FOOD POISONING NOS"}
    stay = stay_of(take_in(tmp_path, diagnosis=[{**DIAGNOSIS, "seq_num": "2"}, {**DIAGNOSIS, **coded}]))
    assert stay["diagnoses"] == [
        {"rank": 1, "code": "0059", "system": "icd9", "title": "FOOD POISONING NOS"},
        {"rank": 2, "code": "R079", "system": "icd10", "title": "Chest pain, unspecified"},
    ]


@pytest.mark.parametrize("wrong", [{"seq_num": "first"}, {"icd_code": ""}, {"icd_version": "11"}, {"icd_title": ""}])
def test_diagnosis_that_is_not_whole_is_set_aside(tmp_path: Path, wrong: dict[str, str]) -> None:
    intake = take_in(tmp_path, diagnosis=[{**DIAGNOSIS, **wrong}])
    assert stay_of(intake)["diagnoses"] == []
    assert [problem[:3] for problem in problems(intake)] == [("diagnosis", 2, "seq_num")]


@pytest.mark.parametrize("level", ["0", "6", "2.5", "urgent"])
def test_acuity_that_is_no_esi_level_is_set_aside(tmp_path: Path, level: str) -> None:
    intake = take_in(tmp_path, triage=[{**TRIAGE, "acuity": level}])
    assert stay_of(intake)["triage_acuity"] is None
    assert problems(intake) == [("triage", 2, "acuity", "triage_acuity", "not an ESI level from 1 to 5")]


def test_stay_without_triage_row_is_a_stay_without_triage_facts(tmp_path: Path) -> None:
    intake = take_in(tmp_path, triage=[])
    stay = stay_of(intake)
    assert set(stay["triage"].values()) == {None}
    assert (stay["triage_acuity"], stay["chief_complaint"], stay["disposition"]) == (None, None, "ADMITTED")
    assert problems(intake) == []


def test_stay_with_nothing_but_its_own_row_has_empty_lists(tmp_path: Path) -> None:
    stay = stay_of(take_in(tmp_path, triage=[], vitalsign=[], medrecon=[], pyxis=[], diagnosis=[]))
    assert (stay["vitals"], stay["home_medications"], stay["dispensed"], stay["diagnoses"]) == ([], [], [], [])


@pytest.mark.parametrize("table", ["edstays", "triage"])
@pytest.mark.parametrize("written", ["38000001", "38000001 "])
def test_stay_that_stands_twice_is_refused_with_its_rows(tmp_path: Path, table: str, written: str) -> None:
    row = {"edstays": STAY, "triage": TRIAGE}[table]
    other = {**row, "stay_id": "38000002"}
    with pytest.raises(BadInput) as error:
        take_in(tmp_path, **{table: [row, other, {**row, "stay_id": written}]})
    assert str(error.value).startswith(f"ed/{table}.csv.gz, rows 2 and 4, field stay_id: the same stay twice. ")
    assert "38000001" not in str(error.value)


@pytest.mark.parametrize("column", ["subject_id", "stay_id"])
def test_stay_without_an_id_is_refused_with_its_row(tmp_path: Path, column: str) -> None:
    with pytest.raises(BadInput) as error:
        take_in(tmp_path, edstays=[STAY, {**SECOND, column: " "}])
    assert str(error.value).startswith(f"ed/edstays.csv.gz, row 3, field {column}: ")


def test_rows_of_no_known_stay_are_named_and_make_none(tmp_path: Path) -> None:
    orphan = {"stay_id": "38999999"}
    intake = take_in(tmp_path, triage=[TRIAGE, {**TRIAGE, **orphan}], pyxis=[{**DISPENSED, **orphan}])
    assert intake.encounters.height == 1
    assert stay_of(intake)["dispensed"] == []
    orphans = [problem for problem in problems(intake) if problem[4] == "stay not in edstays"]
    assert [problem[:3] for problem in orphans] == [("pyxis", 2, "stay_id"), ("triage", 3, "stay_id")]


def test_unreadable_arrival_leaves_a_stay_without_times(tmp_path: Path) -> None:
    intake = take_in(tmp_path, edstays=[{**STAY, "intime": "01/03/2150 10:00"}])
    stay = stay_of(intake)
    assert (stay["minutes_in_ed"], stay["vitals"], stay["dispensed"]) == (None, [], [])
    assert (stay["sex"], stay["disposition"], stay["triage"]["heart_rate_bpm"]) == ("F", "ADMITTED", 104)
    assert problems(intake) == [
        ("edstays", 2, "intime", "arrival", "not a time"),
        ("pyxis", 2, "charttime", "dispensed.minute", "the arrival is not known"),
        ("vitalsign", 2, "charttime", "vitals.minute", "the arrival is not known"),
    ]


def test_departure_before_the_arrival_is_set_aside(tmp_path: Path) -> None:
    intake = take_in(tmp_path, edstays=[{**STAY, "outtime": "2150-02-28 10:00:00"}])
    assert stay_of(intake)["minutes_in_ed"] is None
    assert problems(intake) == [("edstays", 2, "outtime", "departure", "before the arrival")]


def test_sex_that_is_neither_f_nor_m_is_set_aside(tmp_path: Path) -> None:
    intake = take_in(tmp_path, edstays=[{**STAY, "gender": "U"}])
    assert stay_of(intake)["sex"] is None
    assert problems(intake) == [("edstays", 2, "gender", "sex", "neither F nor M")]


def test_no_problem_quotes_the_value(tmp_path: Path) -> None:
    intake = take_in(tmp_path, triage=[{**TRIAGE, "dbp": "879", "pain": "seen by Dr Feldgrau"}])
    assert not intake.problems["reason"].str.contains("879|Feldgrau").any()
    assert intake.problems.height == 2


def test_white_space_is_folded_and_empty_cells_are_absent(tmp_path: Path) -> None:
    stay = stay_of(take_in(tmp_path, triage=[{**TRIAGE, "chiefcomplaint": "  Chest \n pain ", "acuity": "  "}]))
    assert (stay["chief_complaint"], stay["triage_acuity"]) == ("Chest pain", None)


def test_ids_are_the_same_in_every_run_on_one_vault(tmp_path: Path) -> None:
    first, second = take_in(tmp_path, edstays=[STAY, SECOND]), take_in(tmp_path, edstays=[SECOND, STAY])
    ids = ("encounter_id", "patient_key")
    assert set(first.encounters.select(ids).rows()) == set(second.encounters.select(ids).rows())


def test_ids_are_random_so_two_vaults_give_different_ones(tmp_path: Path) -> None:
    tables = scan_release(write_release(tmp_path))
    one = build_encounters(tables, IdVault(tmp_path / "one.sqlite"), "synthetic").encounters
    two = build_encounters(tables, IdVault(tmp_path / "two.sqlite"), "synthetic").encounters
    assert one["encounter_id"].item() != two["encounter_id"].item()
    assert one["patient_key"].item() != two["patient_key"].item()


def test_stays_of_a_patient_share_the_patient_key(tmp_path: Path) -> None:
    again = {**STAY, "stay_id": "38000003"}
    encounters = take_in(tmp_path, edstays=[STAY, SECOND, again]).encounters
    keys = encounters["patient_key"].to_list()
    assert keys[0] == keys[2] != keys[1]
    assert encounters["encounter_id"].n_unique() == 3


def test_every_stay_yields_exactly_one_encounter(taken_in: TakenIn) -> None:
    encounters, stays = taken_in.intake.encounters, taken_in.tables["edstays"]
    source_ids = encounters["source_ids"].explode().struct.unnest()
    assert encounters.schema == polars_schema(PhiEncounter)
    assert sorted(source_ids.filter(kind="stay_id")["value"]) == sorted(stays["stay_id"])
    assert encounters["encounter_id"].n_unique() == stays.height
    assert encounters["patient_key"].n_unique() == stays["subject_id"].n_unique()


def test_vitals_outside_the_stay_are_counted(tmp_path: Path) -> None:
    late = {**VITALS, "charttime": "2150-03-01 14:40:00"}
    early = {**VITALS, "charttime": "2150-02-28 14:40:00"}
    assert take_in(tmp_path, vitalsign=[VITALS, late, early]).counts == {"vitals_outside_stay": 2}


def test_row_without_a_drug_is_named(tmp_path: Path) -> None:
    intake = take_in(tmp_path, medrecon=[{**MEDICATION, "name": " "}], pyxis=[DISPENSED, {**DISPENSED, "name": ""}])
    assert stay_of(intake)["home_medications"] == []
    assert problems(intake) == [
        ("medrecon", 2, "name", "home_medications.name", "empty"),
        ("pyxis", 3, "name", "dispensed.name", "empty"),
    ]


@pytest.mark.parametrize("stay_id", ["s38000001", "380000010", "-1", "3.8"])
def test_stay_id_that_is_no_number_is_refused_with_its_row(tmp_path: Path, stay_id: str) -> None:
    with pytest.raises(BadInput) as error:
        take_in(tmp_path, edstays=[STAY, {**SECOND, "stay_id": stay_id}])
    assert str(error.value).startswith("ed/edstays.csv.gz, row 3, field stay_id: not a number of up to eight digits. ")


@pytest.mark.parametrize("stay_id", ["", "x", "38000000", "99999999999", "-5"])
def test_row_whose_stay_id_is_none_is_named(tmp_path: Path, stay_id: str) -> None:
    intake = take_in(tmp_path, edstays=[STAY, SECOND], pyxis=[{**DISPENSED, "stay_id": stay_id}])
    assert problems(intake) == [("pyxis", 2, "stay_id", "pyxis", "stay not in edstays")]
    assert intake.problems["stay_id"].to_list() == [None]


def test_words_that_differ_in_white_space_alone_are_one_drug(tmp_path: Path) -> None:
    names = ["aspirin 81 mg", " aspirin  81 mg", "aspirin\n81 mg"]
    stay = stay_of(take_in(tmp_path, medrecon=[{**MEDICATION, "name": name} for name in names]))
    assert stay["home_medications"] == [{"name": "aspirin 81 mg"}]


def test_facts_of_stays_in_mixed_order_reach_their_own_stay(tmp_path: Path) -> None:
    third = {**STAY, "stay_id": "38000003"}
    rows = [
        {**VITALS, "stay_id": stay_id, "heartrate": rate}
        for stay_id, rate in (("38000003", "70"), ("38000001", "80"), ("38000003", "90"))
    ]
    encounters = take_in(tmp_path, edstays=[third, SECOND, STAY], vitalsign=rows).encounters
    rates = [[vitals["heart_rate_bpm"] for vitals in each] for each in encounters["vitals"].to_list()]
    assert rates == [[70, 90], [], [80]]

import pytest

from edscribe_pipelines.clinical.medications.indications import Indications, indications_of
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of


def read(text: str, age_years: float | None = None, weight_kg: float | None = None) -> Indications:
    return indications_of(parse_note(text), age_years, weight_kg)


@pytest.mark.parametrize(
    ("text", "indication"),
    [
        ("Anterior STEMI on arrival.", "acs"),
        ("Intubated for airway protection.", "rsi"),
        ("In status epilepticus.", "seizure"),
        ("VF arrest, ROSC after two shocks.", "cardiac_arrest"),
        ("Atrial fibrillation with RVR.", "tachycardia"),
        ("Sub-dissociative ketamine.", "pain"),
        ("Laceration repair under lidocaine with epinephrine.", "local_anesthesia_with_epinephrine"),
        ("Opioid-naive patient.", "opioid_naive"),
    ],
)
def test_an_indication_is_stated(text: str, indication: str) -> None:
    assert indication in read(text).stated


@pytest.mark.parametrize("text", ["No evidence of anaphylaxis.", "Return if anaphylaxis recurs.", "Ankle sprain."])
def test_what_is_denied_or_only_a_condition_is_no_indication(text: str) -> None:
    found = read(text)
    assert "anaphylaxis" not in found.stated | found.considered


@pytest.mark.parametrize("text", ["Possible anaphylaxis.", "Concern for anaphylaxis."])
def test_what_is_considered_is_told_apart(text: str) -> None:
    found = read(text)
    assert "anaphylaxis" in found.considered
    assert "anaphylaxis" not in found.stated


def test_what_is_stated_once_is_not_only_considered() -> None:
    found = read("Possible anaphylaxis on arrival. Anaphylaxis confirmed by tryptase.")
    assert "anaphylaxis" in found.stated
    assert "anaphylaxis" not in found.considered


@pytest.mark.parametrize("section", ["past", "medications", "allergies", "social"])
def test_history_and_home_medications_give_no_indication(section: str) -> None:
    assert "seizure" not in read(note_of(**{section: "Seizure disorder."})).stated


def test_age_and_weight_are_indications_of_limits_of_their_own() -> None:
    assert {"age_60_or_over", "age_65_or_over"} <= read("", age_years=65).stated
    assert "age_65_or_over" not in read("", age_years=64).stated
    assert "weight_under_50_kg" in read("", weight_kg=49).stated
    assert not read("").stated & {"age_60_or_over", "weight_under_50_kg"}


def test_age_and_a_diagnosis_hold_together() -> None:
    assert "stemi_age_75_or_over" in read("STEMI.", age_years=80).stated
    assert "stemi_age_75_or_over" not in read("Chest pain.", age_years=80).stated


@pytest.mark.parametrize(("text", "outside"), [("Bee sting.", True), ("Possible cardiac arrest.", False)])
def test_outside_an_arrest_is_where_none_is_even_considered(text: str, outside: bool) -> None:
    assert ("not_cardiac_arrest" in read(text).stated) is outside


def test_an_indication_that_excludes_names_another() -> None:
    rows = read_table("indications.csv")
    assert {row["unless"] for row in rows} <= {row["indication"] for row in rows} | {""}

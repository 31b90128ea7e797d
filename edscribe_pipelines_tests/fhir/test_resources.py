from collections import Counter
from decimal import Decimal

import fhirkit
import orjson
import pytest
from fhir.resources.R4B import get_fhir_model_class

from edscribe_pipelines.clinical.records import NO_VITAL_SIGNS
from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines_tests.fhir.invented import rendered_note, stay

BARE = stay(
    sex=None,
    age_years=None,
    arrival_transport=None,
    chief_complaint=None,
    triage_acuity=None,
    triage=NO_VITAL_SIGNS,
    vitals=[],
    home_medications=[],
    dispensed=[],
    administered=[],
    diagnoses=[],
    disposition=None,
    minutes_in_ed=None,
)


def of_type(kind, resources):
    return [row for row in resources if row["resourceType"] == kind]


def by_id(resources, end):
    return next(row for row in resources if row["id"].endswith(end))


def test_a_full_stay_becomes_every_resource_type():
    assert Counter(row["resourceType"] for row in stay_resources(stay(), rendered_note())) == {
        "Patient": 1,
        "Encounter": 1,
        "Observation": 10,
        "Condition": 2,
        "MedicationStatement": 2,
        "MedicationDispense": 1,
        "MedicationAdministration": 3,
        "Device": 1,
        "Composition": 1,
        "DocumentReference": 1,
        "Provenance": 1,
    }


@pytest.mark.parametrize("row", [stay(), BARE, stay(data_use="synthetic")], ids=["full", "bare", "synthetic"])
@pytest.mark.parametrize(
    "note",
    [
        None,
        rendered_note(),
        rendered_note(note_origin="model", tier="drafted"),
        rendered_note(note_origin="physician", tier="physician"),
        rendered_note(note_origin=None, tier=None),
    ],
    ids=["no note", "template", "model", "physician", "unknown"],
)
def test_every_resource_passes_both_validators_and_comes_back_unchanged(row, note):
    resources = stay_resources(row, note)
    assert validate_resources(resources) == []
    for resource in resources:
        assert fhirkit.validate(resource) == []
        read_back = get_fhir_model_class(resource["resourceType"]).model_validate(resource).model_dump_json()
        assert orjson.loads(read_back) == resource


def test_a_bare_stay_states_nothing_more_than_that_it_was():
    patient, encounter = stay_resources(BARE)
    assert set(patient) == {"resourceType", "id", "meta"}
    assert set(encounter) == {"resourceType", "id", "meta", "status", "class", "subject", "period"}


def test_no_resource_holds_age_birth_date_or_a_date_of_the_stay():
    text = orjson.dumps(stay_resources(stay(), rendered_note())).decode()
    assert "birthDate" not in text
    assert '"effectiveDateTime"' not in text
    assert stay_resources(stay(age_years=61)) == stay_resources(stay(age_years=None))


def test_synthetic_rows_carry_htest_and_all_rows_pseuded():
    def labels(row):
        resources = (r for r in stay_resources(row, rendered_note()) if r["resourceType"] != "Device")
        return {tuple(label["code"] for label in r["meta"]["security"]) for r in resources}

    assert labels(stay()) == {("PSEUDED",)}
    assert labels(stay(data_use="synthetic")) == {("PSEUDED", "HTEST")}


def test_vital_signs_keep_value_unit_and_minute():
    resources = stay_resources(stay())
    temperature = by_id(resources, "-triage-temperature")
    assert temperature["valueQuantity"] == {
        "value": 98.4,
        "unit": "degF",
        "system": "http://unitsofmeasure.org",
        "code": "[degF]",
    }
    later = by_id(resources, "-v1-heart-rate")["_effectiveDateTime"]["extension"][0]
    assert later["url"] == "http://hl7.org/fhir/StructureDefinition/cqf-relativeDateTime"
    parts = {part["url"]: part for part in later["extension"]}
    assert parts["target"]["valueReference"] == {"reference": "Encounter/e-9c41aa07d2b36f18"}
    assert parts["offset"]["valueDuration"]["value"] == 41


def test_whole_numbers_are_written_without_decimals():
    heart_rate = by_id(stay_resources(stay()), "-triage-heart-rate")
    assert fhirkit.parse(orjson.dumps(heart_rate)).to_dict()["valueQuantity"]["value"] == Decimal("104")
    assert b"104.0" not in orjson.dumps(heart_rate)


def test_a_pressure_that_was_not_measured_says_so_in_the_panel():
    systolic, diastolic = by_id(stay_resources(stay()), "-v1-blood-pressure")["component"]
    assert systolic["valueQuantity"]["value"] == 131
    assert diastolic["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert "valueQuantity" not in diastolic


@pytest.mark.parametrize(("level", "answer"), [(1, "LA21567-5"), (2, "LA21752-3"), (5, "LA21755-6")])
def test_triage_acuity_is_a_loinc_answer(level, answer):
    observation = by_id(stay_resources(stay(triage_acuity=level)), "-triage-esi")
    assert observation["code"]["coding"][0]["code"] == "75636-1"
    assert observation["valueCodeableConcept"]["coding"][0]["code"] == answer


def test_dispensed_drugs_are_never_administrations():
    resources = stay_resources(stay(administered=[]))
    assert of_type("MedicationAdministration", resources) == []
    assert of_type("MedicationDispense", resources)[0]["status"] == "completed"
    assert {row["status"] for row in of_type("MedicationStatement", resources)} == {"unknown"}


def test_each_time_that_a_dose_was_given_is_an_administration_of_that_dose():
    given = of_type("MedicationAdministration", stay_resources(stay()))
    assert [(row["medicationCodeableConcept"]["text"], row["dosage"]["dose"]["value"]) for row in given] == [
        ("morphine", 4),
        ("morphine", 4),
        ("heparin", 5000),
    ]
    assert {row["status"] for row in given} == {"completed"}
    assert [row["dosage"].get("route") for row in given] == [{"text": "IV"}, {"text": "IV"}, None]


def test_time_of_a_dose_that_the_note_does_not_tell_is_unknown():
    given = of_type("MedicationAdministration", stay_resources(stay()))
    assert {row["effectivePeriod"]["extension"][0]["valueCode"] for row in given} == {"unknown"}


@pytest.mark.parametrize(
    ("unit", "ucum"),
    [("mcg", "ug"), ("mg", "mg"), ("g", "g"), ("units", "[U]"), ("mEq", "meq"), ("mL", "mL")],
)
def test_dose_has_the_ucum_code_of_its_unit(unit, ucum):
    dose = {"name": "x", "amount": 0.5, "unit": unit, "route": None, "times": 1}
    resources = stay_resources(stay(administered=[dose]))
    (given,) = of_type("MedicationAdministration", resources)
    assert given["dosage"]["dose"] == {
        "value": 0.5,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": ucum,
    }
    assert validate_resources(resources) == []


def test_encounter_ranks_its_diagnoses_and_keeps_its_length():
    encounter = of_type("Encounter", stay_resources(stay()))[0]
    assert [(row["condition"]["reference"], row["rank"]) for row in encounter["diagnosis"]] == [
        ("Condition/e-9c41aa07d2b36f18-dx1", 1),
        ("Condition/e-9c41aa07d2b36f18-dx2", 2),
    ]
    assert (encounter["length"]["value"], encounter["length"]["code"]) == (263, "min")
    assert encounter["class"]["code"] == "EMER"


@pytest.mark.parametrize(
    ("recorded", "code"),
    [("HOME", "home"), ("EXPIRED", "exp"), ("ADMITTED", None), ("LEFT WITHOUT BEING SEEN", None)],
)
def test_disposition_is_coded_only_where_a_standard_code_says_the_same(recorded, code):
    concept = of_type("Encounter", stay_resources(stay(disposition=recorded)))[0]["hospitalization"][
        "dischargeDisposition"
    ]
    assert concept["text"] == recorded
    assert [coding["code"] for coding in concept.get("coding", [])] == ([code] if code else [])


def test_control_characters_do_not_reach_a_resource():
    resources = stay_resources(stay(chief_complaint="Chest\x0cpain\x00"))
    assert of_type("Encounter", resources)[0]["reasonCode"] == [{"text": "Chest pain"}]
    assert validate_resources(resources) == []

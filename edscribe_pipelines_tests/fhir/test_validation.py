import copy

import pytest

from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import Problem, validate_resources
from edscribe_pipelines_tests.fhir.invented import rendered_note, stay


@pytest.fixture
def resources():
    return copy.deepcopy(stay_resources(stay(), rendered_note()))


def first(resources, kind):
    return next(row for row in resources if row["resourceType"] == kind)


def blood_pressure(resources):
    return next(row for row in resources if row["id"].endswith("-triage-blood-pressure"))


def rules(resources):
    return {problem.rule for problem in validate_resources(resources)}


def test_invented_stay_is_valid(resources):
    assert validate_resources(resources) == []


def test_dangling_reference(resources):
    first(resources, "Encounter")["diagnosis"][0]["condition"]["reference"] = "Condition/none"
    assert validate_resources(resources) == [Problem("Encounter", "e-9c41aa07d2b36f18", "reference-dangling")]


def test_dangling_reference_inside_an_extension(resources):
    target = first(resources, "MedicationDispense")["_whenHandedOver"]["extension"][0]["extension"][0]
    target["valueReference"]["reference"] = "Encounter/e-0"
    assert rules(resources) == {"reference-dangling"}


def test_reference_to_what_was_written_before_resolves(resources):
    without_patient = [row for row in resources if row["resourceType"] != "Patient"]
    assert rules(without_patient) == {"reference-dangling"}
    assert validate_resources(without_patient, {"Patient/p-77d03ffab1c2e490"}) == []


def test_duplicate_id(resources):
    assert rules([*resources, first(resources, "Encounter")]) == {"id-duplicate"}


def test_missing_ucum_code(resources):
    del first(resources, "Observation")["valueQuantity"]["code"]
    assert rules(resources) == {"ucum-code"}


def test_unit_of_another_vital_sign(resources):
    first(resources, "Observation")["valueQuantity"]["code"] = "/min"
    assert rules(resources) == {"ucum-code"}


def test_missing_ucum_system_in_a_component(resources):
    del blood_pressure(resources)["component"][0]["valueQuantity"]["system"]
    assert rules(resources) == {"invariant:qty-3", "ucum-system"}


def test_quantity_under_an_unknown_loinc(resources):
    first(resources, "Observation")["code"]["coding"][0]["code"] = "8310-6"
    assert rules(resources) == {"observation-code"}


def test_dose_in_a_unit_that_is_not_ucum(resources):
    first(resources, "MedicationAdministration")["dosage"]["dose"]["code"] = "mcg"
    assert rules(resources) == {"dose-unit"}


def test_celsius_is_a_temperature_too(resources):
    first(resources, "Observation")["valueQuantity"]["code"] = "Cel"
    assert rules(resources) == set()


def test_unescaped_ampersand(resources):
    text = first(resources, "Composition")["section"][8]["text"]
    text["div"] = text["div"].replace("&amp;", "&")
    assert rules(resources) == {"narrative-xhtml"}


def test_sections_in_another_order(resources):
    sections = first(resources, "Composition")["section"]
    sections[0], sections[1] = sections[1], sections[0]
    assert rules(resources) == {"composition-sections"}


def test_missing_section(resources):
    first(resources, "Composition")["section"].pop()
    assert rules(resources) == {"composition-sections"}


@pytest.mark.parametrize("date", ["2026-03", "2026-03-14", "2026-03-14T09:26:53Z"])
def test_date_finer_than_a_year(resources, date):
    composition = first(resources, "Composition")
    composition["date"] = date
    del composition["_date"]
    assert rules(resources) == {"date-finer-than-year"}


def test_a_year_alone_is_allowed(resources):
    composition = first(resources, "Composition")
    composition["date"] = "2026"
    del composition["_date"]
    assert rules(resources) == set()


@pytest.mark.parametrize("broken_id", ["a_b", "x" * 65, ""])
def test_id_that_fhir_does_not_allow(resources, broken_id):
    first(resources, "Provenance")["id"] = broken_id
    assert "id-format" in rules(resources)


@pytest.mark.parametrize(("kind", "name"), [("Patient", "gender"), ("Composition", "status"), ("Encounter", "status")])
def test_code_outside_its_required_value_set(resources, kind, name):
    first(resources, kind)[name] = "done"
    assert f"code:{kind}.{name}" in rules(resources)


def test_triage_acuity_without_an_answer():
    assert rules(stay_resources(stay(triage_acuity=7))) == {"esi-answer"}


def test_missing_security_label(resources):
    first(resources, "Patient")["meta"] = {}
    assert "security-label" in rules(resources)


def test_blank_text(resources):
    first(resources, "MedicationStatement")["medicationCodeableConcept"]["text"] = " "
    assert rules(resources) == {"blank-string"}


def test_what_r4_does_not_define_is_told_by_path_and_never_by_value(resources):
    first(resources, "Composition")["section"][2]["remark"] = "Jane Doe"
    first(resources, "Patient")["birthDate"] = "Jane Doe"
    problems = validate_resources(resources)
    assert {problem.rule for problem in problems} == {"r4:Composition.section.remark", "r4:Patient.birthDate"}
    assert "Jane" not in repr(problems)


def test_missing_required_element(resources):
    del first(resources, "Observation")["code"]
    assert "r4:Observation.code" in rules(resources)


def test_something_that_is_no_resource():
    assert "r4:Resource" in rules([{"id": "a"}])

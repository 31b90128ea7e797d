from typing import Any

import pytest

from edscribe_pipelines.deidentify.finding.known import KnownIdentifiers
from edscribe_pipelines.intake.notes.fhir_names import names_in, patient_of
from edscribe_pipelines_tests.intake.notes.batches import document_reference

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Ybarra", "given": ["Marisol", "Inés"]}, {"text": "Mari Ybarra"}],
    "identifier": [
        {"type": {"coding": [{"code": "MR"}]}, "value": "MRN-88410277"},
        {"type": {"coding": [{"code": "SS"}]}, "value": "078-05-1120"},
        {"value": "77120"},
    ],
    "telecom": [{"system": "phone", "value": "(315) 555-0142"}, {"system": "email", "value": "m.ybarra@mail.example"}],
    "address": [{"line": ["12 Wren Lane", "Apt 4"], "city": "Quillhaven", "state": "NY", "postalCode": "13021"}],
    "birthDate": "1971-05-04",
    "contact": [{"name": {"family": "Ybarra", "given": ["Elena"]}, "telecom": [{"value": "315-555-0143"}]}],
    "generalPractitioner": [{"display": "Tomas Oyelaran"}],
    "managingOrganization": {"display": "Wren Street Clinic"},
}


def kinds_and_values(document: Any, others: Any = None) -> set[tuple[str, str]]:
    return {(each["kind"], each["value"]) for each in names_in(document, others or {})}


def test_people_whom_the_document_displays_are_named() -> None:
    document = document_reference(
        subject={"display": "Ybarra, Marisol", "identifier": {"type": {"coding": [{"code": "MR"}]}, "value": "MRN-1"}},
        author=[{"display": "Anton Feldgrau"}, {"reference": "Practitioner/2"}],
        authenticator={"display": "Ruth Feldgrau"},
        custodian={"display": "Quillhaven General"},
        context={"sourcePatientInfo": {"display": "Marisol Y."}},
    )
    assert kinds_and_values(document) == {
        ("patient_name", "Ybarra, Marisol"),
        ("mrn", "MRN-1"),
        ("clinician_name", "Anton Feldgrau"),
        ("clinician_name", "Ruth Feldgrau"),
        ("hospital", "Quillhaven General"),
        ("patient_name", "Marisol Y."),
    }


def test_contained_patient_gives_all_that_names_them() -> None:
    assert kinds_and_values(document_reference(contained=[PATIENT])) == {
        ("patient_name", "Marisol Inés Ybarra"),
        ("patient_name", "Mari Ybarra"),
        ("mrn", "MRN-88410277"),
        ("ssn", "078-05-1120"),
        ("patient_id", "77120"),
        ("phone", "(315) 555-0142"),
        ("email", "m.ybarra@mail.example"),
        ("street_address", "12 Wren Lane"),
        ("street_address", "Apt 4"),
        ("city", "Quillhaven"),
        ("zip", "13021"),
        ("birth_date", "1971-05-04"),
        ("relative_name", "Elena Ybarra"),
        ("phone", "315-555-0143"),
        ("clinician_name", "Tomas Oyelaran"),
        ("hospital", "Wren Street Clinic"),
    }


def test_resources_that_the_document_refers_to_are_named_and_others_not() -> None:
    others = {
        "Practitioner/2": {"resourceType": "Practitioner", "name": [{"family": "Feldgrau", "prefix": ["Dr."]}]},
        "Organization/3": {"resourceType": "Organization", "name": "Quillhaven General", "address": [{"city": "Wren"}]},
        "Location/4": {"resourceType": "Location", "name": "Bay 7", "address": {"city": "Wren"}},
        "Practitioner/9": {"resourceType": "Practitioner", "name": [{"family": "Oyelaran"}]},
    }
    document = document_reference(
        author=[{"reference": "Practitioner/2"}],
        custodian={"reference": "Organization/3"},
        context={"related": [{"reference": "Location/4"}]},
    )
    named = {
        ("clinician_name", "Feldgrau"),
        ("hospital", "Quillhaven General"),
        ("hospital", "Bay 7"),
        ("city", "Wren"),
    }
    assert kinds_and_values(document, others) == named


def test_de_identification_finds_them_by_their_kinds() -> None:
    known = KnownIdentifiers(names_in(document_reference(contained=[PATIENT]), {}))
    note = "Marisol Ybarra, born 5/4/1971, MRN 88410277, phone 315 555 0142, of 12 Wren Lane; daughter Elena."
    types = {note[span.start : span.end]: span.type for span in known.finds(note)}
    assert {
        "Marisol Ybarra": "NAME",
        "5/4/1971": "DATE",
        "315 555 0142": "PHONE",
        "12 Wren Lane": "ADDRESS",
    }.items() <= types.items()
    assert types["Elena"] == "NAME"


@pytest.mark.parametrize(
    ("subject", "patient_id"),
    [
        ({"reference": "Patient/88", "identifier": {"value": "MRN-1"}}, "Patient/88"),
        ({"reference": "https://ehr.example/fhir/Patient/88/_history/3"}, "Patient/88"),
        ({"identifier": {"value": "MRN-1"}}, "MRN-1"),
        ({"reference": "#p1"}, "MRN-88410277"),
        ({"reference": "urn:uuid:7c1e"}, "MRN-88410277"),
        ({"reference": "urn:uuid:0000"}, "urn:uuid:0000"),
        ({"reference": "#p2"}, None),
        ({"display": "Marisol Ybarra"}, None),
        (None, None),
    ],
)
def test_patient_is_who_the_subject_leads_to(subject: Any, patient_id: str | None) -> None:
    others = {"#p1": PATIENT, "urn:uuid:7c1e": PATIENT}
    assert patient_of(document_reference(subject=subject), others) == patient_id

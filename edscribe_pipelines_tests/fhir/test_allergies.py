import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, heading
from edscribe_pipelines.fhir.allergies import allergies
from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines_tests.fhir.invented import NOTE_TEXT, drafted_note, rendered_note, stay


def note_with(told):
    empty = f"{heading('Allergies')}\n{NOT_DOCUMENTED}"
    assert empty in NOTE_TEXT
    return NOTE_TEXT.replace(empty, f"{heading('Allergies')}\n{told}")


def stated(told):
    return [(row["code"]["text"], row["type"]) for row in allergies(stay(), rendered_note(completion=note_with(told)))]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Penicillin (anaphylaxis).", [("penicillin", "allergy")]),
        ("Penicillin - hives; codeine - nausea", [("penicillin", "allergy"), ("codeine", "intolerance")]),
        ("NKDA", []),
        ("No known drug allergies.", []),
        (NOT_DOCUMENTED, []),
    ],
)
def test_allergies_are_those_that_the_section_names(told, expected):
    assert stated(told) == expected


def test_allergy_is_the_patients_word_and_of_a_model_labelled():
    (row,) = allergies(stay(), drafted_note(completion=note_with("Penicillin.")))
    assert row["verificationStatus"]["coding"][0]["code"] == "unconfirmed"
    assert row["clinicalStatus"]["coding"][0]["code"] == "active"
    assert "AIAST" in [label["code"] for label in row["meta"]["security"]]
    assert row["patient"] == {"reference": "Patient/p-77d03ffab1c2e490"}


def test_provenance_of_the_note_is_that_of_the_allergies_read_in_it():
    rows = stay_resources(stay(), drafted_note(completion=note_with("Penicillin.")))
    (origin,) = [row for row in rows if row["resourceType"] == "Provenance"]
    assert {"reference": "AllergyIntolerance/e-9c41aa07d2b36f18-allergy1"} in origin["target"]
    assert validate_resources(rows) == []

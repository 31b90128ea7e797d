from typing import Any

import pytest

from edscribe_pipelines.corpus.cases import make_case, reasons_for_no_case
from edscribe_pipelines_tests.builders import deidentified


def test_whole_stay_has_no_reason_against_a_case() -> None:
    assert reasons_for_no_case(deidentified()) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"phi_gate": "fail"}, ["phi_gate_failed"]),
        ({"phi_gate": "not_assessable"}, ["phi_gate_failed"]),
        ({"chief_complaint": None}, ["no_chief_complaint"]),
        ({"chief_complaint": "UNKNOWN-CC"}, ["no_chief_complaint"]),
        ({"disposition": "LEFT WITHOUT BEING SEEN"}, ["left_without_being_seen"]),
        ({"disposition": "ELOPED"}, ["eloped"]),
        ({"disposition": None}, ["disposition_not_known"]),
        ({"disposition": "BEAMED UP"}, ["disposition_not_known"]),
        ({"chief_complaint": None, "disposition": "ELOPED"}, ["no_chief_complaint", "eloped"]),
    ],
)
def test_stay_that_cannot_make_an_honest_case_says_why(changes: dict[str, Any], reasons: list[str]) -> None:
    assert reasons_for_no_case(deidentified(**changes)) == reasons  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "disposition", ["ADMITTED", "HOME", "TRANSFER", "EXPIRED", "LEFT AGAINST MEDICAL ADVICE", "OTHER"]
)
def test_dispositions_after_a_physicians_care_make_cases(disposition: str) -> None:
    assert reasons_for_no_case(deidentified(disposition=disposition)) == []  # type: ignore[arg-type]


def test_case_carries_its_stays_patient_data_use_and_revision() -> None:
    stay = deidentified(data_use="credentialed", revises="e-0000000000000001")
    case = make_case(stay, "physician", "physician", "CC: Chest pain", [])  # type: ignore[arg-type]
    carried = ("encounter_id", "patient_key", "data_use", "revises")
    assert all(case[name] == stay[name] for name in carried)  # type: ignore[literal-required]


def test_metadata_names_the_protocols_of_the_note() -> None:
    case = make_case(deidentified(), "physician", "physician", "ROSC after ACLS.", [])  # type: ignore[arg-type]
    assert [name.casefold() for name in case["metadata"]["protocols"]] == ["acls"]


def test_absent_facts_are_empty_metadata() -> None:
    stay = deidentified(chief_complaint=None, triage_acuity=None, disposition=None)
    metadata = make_case(stay, "physician", "physician", "", [])["metadata"]  # type: ignore[arg-type]
    assert metadata == {"chief_complaint": "", "esi_level": None, "disposition": "", "protocols": []}

from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import Case, polars_schema
from edscribe_pipelines.corpus.cases import make_cases, no_case_reasons
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame


def reasons(**changes: Any) -> list[str]:
    (found,) = no_case_reasons(deidentified_frame(deidentified(**changes)))
    return found.to_list()


def cases(*notes: str, **changes: Any) -> list[dict[str, Any]]:
    stays = deidentified_frame(*(deidentified(encounter_id=f"e-{number}", **changes) for number in range(len(notes))))
    prompts = pl.Series(["Female, 61 years"] * len(notes), dtype=pl.String)
    spans = pl.Series([[]] * len(notes), dtype=polars_schema(Case)["provenance"])
    return make_cases(stays, "physician", "physician", prompts, pl.Series(notes, dtype=pl.String), spans).to_dicts()


def test_whole_stay_has_no_reason_against_a_case() -> None:
    assert reasons() == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"phi_gate": "fail"}, ["phi_gate_failed"]),
        ({"phi_gate": "not_assessable"}, ["phi_gate_failed"]),
        ({"age_years": 17}, ["under_18"]),
        ({"age_years": 0}, ["under_18"]),
        ({"chief_complaint": None}, ["no_chief_complaint"]),
        ({"chief_complaint": "UNKNOWN-CC"}, ["no_chief_complaint"]),
        ({"disposition": "LEFT WITHOUT BEING SEEN"}, ["left_without_being_seen"]),
        ({"disposition": "ELOPED"}, ["eloped"]),
        ({"disposition": None}, ["disposition_not_known"]),
        ({"disposition": "BEAMED UP"}, ["disposition_not_known"]),
        ({"chief_complaint": None, "disposition": "ELOPED"}, ["no_chief_complaint", "eloped"]),
    ],
)
def test_stay_that_cannot_make_an_honest_case_says_why(changes: dict[str, Any], why: list[str]) -> None:
    assert reasons(**changes) == why


@pytest.mark.parametrize("age", [18, 90, None])
def test_adult_or_a_patient_of_unknown_age_makes_a_case(age: int | None) -> None:
    assert reasons(age_years=age) == []


def test_note_that_could_not_be_read_says_why_before_all_else() -> None:
    unread = [{"field": "triage.dbp_mmhg", "reason": "not a number"}, {"field": "note", "reason": "not_a_docx"}]
    assert reasons(source="notes", set_aside=unread, disposition=None) == ["note_not_a_docx", "disposition_not_known"]


def test_what_else_was_set_aside_is_no_reason() -> None:
    assert reasons(source="notes", set_aside=[{"field": "vitals.minute", "reason": "not a time"}]) == []
    assert reasons(source="mimic", set_aside=[{"field": "note", "reason": "links to no stay"}]) == []


def test_reasons_stand_with_their_own_stay() -> None:
    stays = deidentified_frame(deidentified(age_years=4), deidentified(), deidentified(disposition="ELOPED"))
    assert no_case_reasons(stays).to_list() == [["under_18"], [], ["eloped"]]


@pytest.mark.parametrize(
    "disposition", ["ADMITTED", "HOME", "TRANSFER", "EXPIRED", "LEFT AGAINST MEDICAL ADVICE", "OTHER"]
)
def test_dispositions_after_a_physicians_care_make_cases(disposition: str) -> None:
    assert reasons(disposition=disposition) == []


def test_case_carries_its_stays_patient_data_use_and_revision() -> None:
    stay = deidentified(encounter_id="e-0", data_use="credentialed", revises="e-0000000000000001")
    (case,) = cases("CC: Chest pain", data_use="credentialed", revises="e-0000000000000001")
    assert all(case[name] == stay[name] for name in ("encounter_id", "patient_key", "data_use", "revises"))


def test_metadata_names_the_protocols_of_the_note() -> None:
    protocols = [case["metadata"]["protocols"] for case in cases("Rests.", "ROSC after ACLS.", "No STEMI. DKA.")]
    assert protocols == [[], ["ACLS"], ["DKA"]]


def test_absent_facts_are_empty_metadata() -> None:
    (case,) = cases("", chief_complaint=None, triage_acuity=None, disposition=None)
    assert case["metadata"] == {"chief_complaint": "", "esi_level": None, "disposition": "", "protocols": []}

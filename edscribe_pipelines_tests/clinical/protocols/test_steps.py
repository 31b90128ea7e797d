import pytest

from edscribe_pipelines.clinical.protocols.rules import protocols
from edscribe_pipelines.clinical.protocols.steps import StepState, shown_of, step_states
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines_tests.clinical.invented import note_of


def _states(text: str, protocol: str) -> dict[str, StepState]:
    note = ParsedNote(text)
    return step_states(note, protocols()[protocol], shown_of(note, protocols()[protocol]))


@pytest.mark.parametrize(
    ("note", "state"),
    [
        ("Septic shock. Ceftriaxone given.", "present"),
        ("Septic shock. No antibiotics given.", "missing"),
        ("Septic shock. Antibiotics were not given.", "missing"),
        ("Septic shock. Antibiotics held because likely viral.", "omitted"),
        ("Septic shock. No antibiotics, goals of care.", "omitted"),
        ("Septic shock. No antibiotics at first, then vancomycin.", "present"),
        ("Septic shock.", "missing"),
        (note_of(ed="Septic shock.", medications="Metronidazole 500 mg"), "missing"),
    ],
)
def test_an_act_is_present_missing_or_left_out_for_a_reason(note: str, state: StepState) -> None:
    assert _states(note, "Sepsis")["antibiotics"] == state


def test_a_contraindication_is_a_reason() -> None:
    assert _states("Code stroke. tPA contraindicated due to recent surgery.", "Stroke")["thrombolysis"] == "present"
    assert _states("STEMI. Aspirin not given, allergy.", "STEMI")["aspirin"] == "omitted"


def test_a_test_is_done_where_its_result_is_negative() -> None:
    states = _states("Code stroke. No hemorrhage on CT head. No LVO on CTA.", "Stroke")
    assert (states["imaging"], states["vessel_imaging"]) == ("present", "present")
    assert _states("Code stroke. No CT head obtained.", "Stroke")["imaging"] == "missing"


def test_a_denied_finding_is_an_assessment() -> None:
    assert _states("Anaphylaxis. No stridor.", "Anaphylaxis")["airway"] == "present"


def test_a_step_is_assessed_only_under_its_condition() -> None:
    assert _states("Asystole, CPR started", "ACLS")["shock"] == "not_assessable"
    assert _states("PEA, non-shockable", "ACLS")["shock"] == "not_assessable"
    assert _states("VF arrest, CPR started", "ACLS")["shock"] == "missing"
    assert _states("Septic shock, lactate 1.4", "Sepsis")["repeat_lactate"] == "not_assessable"
    assert _states("Septic shock, lactate 4.4", "Sepsis")["repeat_lactate"] == "missing"
    assert _states("Urosepsis, no hypotension", "Sepsis")["vasopressor"] == "not_assessable"


def test_a_decimal_point_does_not_end_what_is_said() -> None:
    states = _states("Code stroke. Alteplase 0.9 mg/kg, 10% bolus given at 13:40.", "Stroke")
    assert (states["thrombolysis"], states["lytic_dose"]) == ("present", "present")
    assert _states("DKA. Insulin 0.1 units/kg/h infusion.", "DKA")["insulin"] == "present"

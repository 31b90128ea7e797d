import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.contradictions import check_contradictions
from edscribe_pipelines_tests.clinical.invented import encounter, note_of


def contradictions(recorded: str | None = None, **said: str) -> list[tuple[str, str]]:
    findings = check_contradictions(parse_note(note_of(**said)), encounter(disposition=recorded))
    return [(finding["rule"], finding["severity"]) for finding in findings]


CRITICAL = [("disposition.contradiction", "critical")]
WARNING = [("disposition.contradiction", "warning")]


@pytest.mark.parametrize(
    "said",
    [
        {"disposition": "Admitted to telemetry. Discharged home in stable condition."},
        {"disposition": "Admitted to the ICU.\nDischarged home in stable condition."},
        {"disposition": "Admitted to medicine.", "medical": "Considered ACS. Discharged home in stable condition."},
        {"disposition": "Discharged home. Return if worse.", "ed": "Admitted to the ICU."},
        {"disposition": "Discharged home with no fever or vomiting.", "ed": "Admitted to the ICU."},
        {"disposition": "Discharged home to return if worse.", "medical": "Patient was admitted to medicine."},
        {"disposition": "Admitted to cardiology given MI two weeks ago.", "medical": "Discharged in stable condition."},
        {"disposition": "Discharged home.", "ed": "Patient was intubated for airway protection."},
        {"disposition": "Discharged home.", "ed": "Started on a norepinephrine drip."},
        {"disposition": "Pronounced dead at 14:05. Discharged home with follow-up."},
        {"disposition": "Home with roommate.", "ed": "Septic shock, two liters given."},
        {"disposition": "Discharged home. ICU accepted."},
        {"disposition": "Home alone, still drowsy, RR 6."},
        {"disposition": "Discharged home with crutches.", "medical": "Orthopedics plans hemiarthroplasty tonight."},
        {"disposition": "Discharged home.", "medical": "She is not safe for discharge."},
        {"disposition": "D/c home.", "medical": "High-risk cardiac syncope."},
        {"disposition": "D/c home 18:00 with dad.", "medical": "Assessment: Septic arthritis of the hip."},
        {"disposition": "Home, clinic Thursday.", "medical": "Diagnosis: type A aortic dissection."},
        {"disposition": "Discharged home.", "medical": "Impression: 1) NSTEMI 2) anemia."},
        {"disposition": "Discharged to home with brother.", "ed": "Intubated 19:30, tube 8.0 at 22 cm."},
        {"disposition": "Home with wife. Maintenance 2 vials IV q6h still due."},
        {"disposition": "Home with wife.", "ed": "28 Fr right chest tube, 350 mL blood."},
    ],
)
def test_two_dispositions_plainly_said_are_critical(said: dict[str, str]) -> None:
    assert contradictions(**said) == CRITICAL


@pytest.mark.parametrize(
    "said",
    [
        {"disposition": "Will be admitted vs. discharged home."},
        {"disposition": "Admitted to telemetry.", "medical": "If troponin negative discharge home."},
        {"disposition": "Admitted to telemetry.", "medical": "He was discharged home from the hospital last week."},
        {"disposition": "Admitted to telemetry.", "medical": "Considered discharge home, but the risk is too high."},
        {"disposition": "Admitted to telemetry.", "medical": "Not stable for discharge home."},
        {"disposition": "Admitted to telemetry.", "medical": "Recently discharged home after pneumonia."},
        {"disposition": "Discharged home.", "medical": "She admitted to drinking."},
        {"disposition": "Discharged home.", "medical": "He admitted to using heroin."},
        {"disposition": "Discharged home.", "medical": "Admission to medicine was offered and declined."},
        {"disposition": "Discharged home.", "medical": "Previous admission to the ICU for asthma."},
        {"disposition": "Discharged home.", "medical": "Does not require admission."},
        {"disposition": "Discharged home.", "medical": "Admitted to the hospital two months ago."},
        {"disposition": "Discharged home.", "past": "Admitted to the ICU, intubated for asthma."},
        {"disposition": "Discharged home.", "ed": "History of being intubated for asthma."},
        {"disposition": "Placed in observation, then discharged home."},
        {"disposition": "Admitted to telemetry. Will be discharged home if the stress test is negative."},
        {"disposition": "Admitted to telemetry.", "ed": "Purulent discharge from the eye."},
        {"disposition": "Discharged home.", "medical": "His prescription expired."},
        {"disposition": "Discharged home.", "medical": "He was admitted for DKA in March."},
        {
            "disposition": "Discharged home.",
            "ed": "Cardiology: admission to telemetry not warranted.",
        },
        {"disposition": "Discharged home.", "ed": "Transferred to our ED from Quillhaven Hospital."},
        {"disposition": "Discharged home.", "ed": "Was intubated for asthma in 2019. No longer on pressors."},
        {"disposition": "Admitted to telemetry.", "medical": "Seen two days ago and discharged home with gastritis."},
        {
            "disposition": "Admitted to telemetry.",
            "medical": "Discharged yesterday from the hospital after CABG.",
        },
        {"disposition": "Admitted to telemetry.", "medical": "Discharged on 3/12 with antibiotics and returns today."},
        {"disposition": "Admitted to telemetry.", "medical": "The patient asked to be discharged home."},
        {"disposition": "Admitted to telemetry.", "ed": "Likely discharge home tomorrow."},
        {"disposition": "Admitted to telemetry.", "medical": "His father died and his wife was discharged home."},
        {"disposition": "Admitted to telemetry.", "medical": "Options were discharge home or admission."},
        {
            "disposition": "Discharged home.",
            "history": "Found unresponsive.",
            "ed": "Unresponsive, awake after naloxone.",
        },
        {"disposition": "Discharged home.", "medical": "No septic shock. Not high-risk chest pain."},
        {"disposition": "Discharged home.", "medical": "Orthopedics will operate as outpatient elective surgery."},
        {"disposition": "Discharged home.", "past": "Septic shock in 2019."},
        {"disposition": "Discharged home. Return if drowsy or unresponsive."},
    ],
)
def test_what_is_planned_past_denied_or_open_is_no_contradiction(said: dict[str, str]) -> None:
    assert contradictions(**said) == []


def test_a_plan_that_did_not_come_true_is_a_warning() -> None:
    assert contradictions(disposition="Discharged home.", medical="Plan to admit to medicine.") == WARNING


@pytest.mark.parametrize(
    ("recorded", "said", "expected"),
    [
        ("ADMITTED", "Discharged home in stable condition.", CRITICAL),
        ("HOME", "Admitted to cardiology for serial troponins.", CRITICAL),
        ("HOME", "Will be admitted to cardiology.", WARNING),
        ("TRANSFER", "Admitted to cardiology.", []),
        ("ADMITTED", "Admitted to cardiology.", []),
        (None, "Discharged home.", []),
        ("OTHER", "Discharged home.", []),
    ],
)
def test_the_disposition_agrees_with_the_recorded_one(
    recorded: str | None, said: str, expected: list[tuple[str, str]]
) -> None:
    assert contradictions(recorded, disposition=said) == expected


def test_the_finding_is_at_the_later_statement() -> None:
    note = note_of(disposition="Admitted to telemetry. Discharged home in stable condition.")
    (finding,) = check_contradictions(parse_note(note), None)
    assert note[finding["start"] : finding["end"]] == "Discharged home"
    assert finding["section"] == "Disposition"
    assert finding["message"] == "Two dispositions are stated: admitted and home."


@pytest.mark.parametrize(
    "said",
    [
        {"disposition": "Discharged home.", "medical": "Assessment: chest pain, NSTEMI excluded."},
        {"disposition": "Discharged home.", "medical": "Septic arthritis: joint moves freely. Assessment: sprain."},
        {"disposition": "Discharged home to hospice.", "medical": "Assessment: bowel obstruction, comfort care."},
        {"disposition": "Discharged home.", "medical": "Assessment: incarcerated hernia, reduced."},
        {"disposition": "Discharged home with OPAT, ceftriaxone IV q24h by PICC."},
        {"disposition": "Discharged home.", "ed": "Intubated for sedation, extubated at 14:00."},
        {"disposition": "Admitted to the ICU.", "medical": "Assessment: septic shock."},
    ],
)
def test_what_is_excluded_over_or_not_to_be_cured_lets_the_patient_go(said: dict[str, str]) -> None:
    assert contradictions(**said) == []

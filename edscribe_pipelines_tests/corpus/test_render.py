from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.render import render_case, render_note
from edscribe_pipelines_tests.builders import deidentified, vital_signs

WHOLE = """\
CHIEF COMPLAINT
Chest pain, Dyspnea

HISTORY OF PRESENT ILLNESS
Female, 61 years, arrived by ambulance. Chief complaint: Chest pain, Dyspnea. Triage acuity ESI 2.

REVIEW OF SYSTEMS
Not documented in the source.

PAST MEDICAL/SURGICAL HISTORY
Not documented in the source.

MEDICATIONS
Home medications: aspirin; metoprolol tartrate.

ALLERGIES
Not documented in the source.

SOCIAL HISTORY
Not documented in the source.

PHYSICAL EXAMINATION
Triage vital signs: T 98.4 F, HR 104, BP 142/81, pain 8/10.

ED COURSE & PROCEDURES
At 41 min: HR 98, Sinus Rhythm
Dispensed: Morphine Sulfat 4mg/1mL 1mL VIAL at 12 min.

LABS & IMAGING
Not documented in the source.

MEDICAL DECISION MAKING
Recorded diagnoses: Chest pain, unspecified (ICD-10 R079).

DISPOSITION
Admitted after 263 min in the ED."""


def content(section: str, **changes: object) -> str:
    note = render_note(deidentified(**changes)).text  # type: ignore[arg-type]
    return note.split(f"{heading(section)}\n")[1].split("\n\n")[0]


def test_whole_stay_is_stated_as_recorded() -> None:
    assert render_note(deidentified()).text == WHOLE  # type: ignore[arg-type]


def test_case_is_marked_as_rendered_by_the_template() -> None:
    case = render_case(deidentified())  # type: ignore[arg-type]
    assert (case["tier"], case["note_origin"], case["case_id"]) == (
        "rendered",
        "template",
        "c-9c41aa07d2b36f18-rendered",
    )


def test_sections_without_a_fact_say_exactly_so() -> None:
    nothing = {"home_medications": [], "vitals": [], "dispensed": [], "diagnoses": [], "triage": vital_signs()}
    gone = [section for section in SECTIONS if content(section, **nothing) == NOT_DOCUMENTED]
    assert {"Medications", "Physical Examination", "ED Course & Procedures", "Medical Decision Making"} <= set(gone)


def test_time_at_which_nothing_was_measured_is_not_stated() -> None:
    assert content("ED Course & Procedures", vitals=[vital_signs(minute=41, rhythm=None)], dispensed=[]) == (
        NOT_DOCUMENTED
    )


def test_pressure_with_one_value_names_it() -> None:
    assert content("Physical Examination", triage=vital_signs(sbp_mmhg=142.0)) == "Triage vital signs: SBP 142."
    assert content("Physical Examination", triage=vital_signs(dbp_mmhg=81.0)) == "Triage vital signs: DBP 81."


def test_age_over_89_is_one_class() -> None:
    assert "90+ years" in content("History of Present Illness", age_years=90)
    assert "89 years" in content("History of Present Illness", age_years=89)


def test_transport_that_is_not_known_is_no_fact() -> None:
    assert "arrived" not in content("History of Present Illness", arrival_transport="UNKNOWN")


def test_disposition_without_a_length_of_stay_gives_none() -> None:
    assert content("Disposition", minutes_in_ed=None, disposition="HOME") == "Discharged home."


def test_zero_is_a_fact() -> None:
    assert content("Physical Examination", triage=vital_signs(pain_0_10=0.0)) == "Triage vital signs: pain 0/10."
    assert content("ED Course & Procedures", vitals=[], dispensed=[{"minute": 0, "name": "Aspirin"}]) == (
        "Dispensed: Aspirin at 0 min."
    )

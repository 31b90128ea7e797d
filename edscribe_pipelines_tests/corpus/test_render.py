import pytest

from edscribe_pipelines.clinical.records import Case, polars_schema
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.render import render_cases
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame, vital_signs

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


def note(**changes: object) -> str:
    return render_cases(deidentified_frame(deidentified(**changes)))["completion"].item()


def contents(**changes: object) -> dict[str, str]:
    parts = f"\n\n{note(**changes)}".split("\n\n")
    opened = dict(part.split("\n", 1) for part in parts if part)
    return {section: opened[heading(section)] for section in SECTIONS}


def content(section: str, **changes: object) -> str:
    return contents(**changes)[section]


def test_whole_stay_is_stated_as_recorded() -> None:
    assert note() == WHOLE


def test_stays_are_rendered_alike_alone_and_beside_each_other() -> None:
    bare: dict[str, object] = {"home_medications": [], "vitals": [], "dispensed": [], "diagnoses": [], "sex": None}
    stays = [
        deidentified(),
        deidentified(encounter_id="e-2", **bare),
        deidentified(encounter_id="e-3", minutes_in_ed=7),
    ]
    together = render_cases(deidentified_frame(*stays)).to_dicts()
    assert together == [render_cases(deidentified_frame(stay)).row(0, named=True) for stay in stays]


def test_no_stays_give_an_empty_table() -> None:
    assert render_cases(deidentified_frame()).schema == polars_schema(Case)


def test_case_is_marked_as_rendered_by_the_template() -> None:
    case = render_cases(deidentified_frame(deidentified())).row(0, named=True)
    assert (case["tier"], case["note_origin"], case["case_id"]) == (
        "rendered",
        "template",
        "c-9c41aa07d2b36f18-rendered",
    )


def test_sections_without_a_fact_say_exactly_so() -> None:
    nothing = {"home_medications": [], "vitals": [], "dispensed": [], "diagnoses": [], "triage": vital_signs()}
    held = {section for section, text in contents(**nothing).items() if text != NOT_DOCUMENTED}
    assert held == {"Chief Complaint", "History of Present Illness", "Disposition"}


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


@pytest.mark.parametrize("degf", [98.4, 100.0, 37.25, 104.0, 98.44444, 0.5])
def test_number_has_no_more_digits_than_it_needs(degf: float) -> None:
    stated = content("Physical Examination", triage=vital_signs(temperature_degf=degf))
    assert stated == f"Triage vital signs: T {degf:g} F."


DOSES = [
    {"name": "morphine", "amount": 4.0, "unit": "mg", "route": "IV", "times": 1},
    {"name": "ondansetron", "amount": 4.0, "unit": "mg", "route": "IV", "times": 2},
    {"name": "penicillin G benzathine", "amount": 2_400_000.0, "unit": "units", "route": None, "times": 1},
]


def test_doses_given_stand_in_the_course_and_in_the_prompt() -> None:
    given = "morphine 4 mg IV; ondansetron 4 mg IV x2; penicillin G benzathine 2400000 units"
    assert content("ED Course & Procedures", vitals=[], dispensed=[], administered=DOSES) == f"Given: {given}."
    prompt = render_cases(deidentified_frame(deidentified(administered=DOSES)))["prompt"].item()
    assert f"\nGiven in the ED: {given}\n" in prompt


def excerpt(section: str, text: str) -> dict[str, str]:
    return {"section": section, "text": text, "origin": "discharge_summary"}


EXCERPTS = [
    excerpt("Disposition", "To the floor."),
    excerpt("Allergies", "Penicillin\n(rash)"),
    excerpt("Disposition", "In fair condition."),
]


def test_excerpt_stands_as_written_after_the_facts_of_its_section() -> None:
    assert content("Allergies", excerpts=EXCERPTS) == "Penicillin\n(rash)"
    assert content("Disposition", excerpts=EXCERPTS) == (
        "Admitted after 263 min in the ED.\nTo the floor.\nIn fair condition."
    )


def test_excerpts_end_the_prompt_in_the_order_of_the_sections() -> None:
    prompt = render_cases(deidentified_frame(deidentified(excerpts=EXCERPTS)))["prompt"].item()
    assert prompt.endswith(
        "263 min in the ED\nAllergies: Penicillin\n(rash)\nDisposition: To the floor.\nIn fair condition."
    )

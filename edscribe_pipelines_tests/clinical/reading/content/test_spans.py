"""What the content of a note tells of its sections, in the layouts in which headings fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.reading.content.spans import read_content
from edscribe_pipelines.clinical.reading.note import read_sections
from edscribe_pipelines.clinical.sections import SECTIONS

ON_ONE_LINE = (
    "54M CC chest pain. HPI: two hours of pressure at rest, into the left arm, sweating. ROS: no fever, no cough. "
    "PMH: HTN, DM2. Meds: lisinopril 10 mg daily, metformin 500 mg BID. All: NKDA. SH: smokes a pack a day, lives "
    "alone. PE: BP 142/81 HR 104 RR 18 SpO2 97%, uncomfortable, lungs clear, no edema. ED course: aspirin 324 mg PO at "
    "10:05, pain 2/10 after nitroglycerin. Labs: troponin 0.02, ECG sinus without ST changes. MDM: ACS most likely, "
    "dissection unlikely with equal pulses, PE unlikely. Dispo: admitted to telemetry, stable."
)
SPOKEN = (
    "the chief complaint is shortness of breath the patient is a sixty eight year old woman who has been short of "
    "breath for three days worse lying flat she denies fever or chest pain past medical history is heart failure and "
    "high blood pressure she takes furosemide forty milligrams daily and carvedilol allergies none she lives with her "
    "daughter and never smoked on exam blood pressure one fifty over eighty heart rate ninety eight crackles at both "
    "bases legs swollen labs show a bnp of eighteen hundred chest x ray with edema we gave furosemide eighty "
    "milligrams iv and she put out a litre and breathes better my impression is acute decompensated heart failure "
    "pneumonia is unlikely without fever she is admitted to the medical floor in stable condition"
)


def sections_in(note: str) -> dict[str, str]:
    return {section: note[start:end] for section, start, end in read_sections(note).spans}


@pytest.mark.parametrize("note", [ON_ONE_LINE, ON_ONE_LINE.lower(), ON_ONE_LINE.replace(". ", " | ")])
def test_headings_within_a_line_open_their_sections(note: str) -> None:
    found = sections_in(note)
    assert list(found) == list(SECTIONS)
    assert found["Medications"].lower().startswith("lisinopril")
    assert "troponin" in found["Labs & Imaging"]
    assert "unlikely" in found["Medical Decision Making"]


def test_speech_is_read_by_what_it_says() -> None:
    found = sections_in(SPOKEN)
    assert "furosemide forty" in found["Medications"]
    assert "crackles" in found["Physical Examination"]
    assert "bnp" in found["Labs & Imaging"]
    assert "furosemide eighty" in found["ED Course & Procedures"]
    assert "medical floor" in found["Disposition"]


def test_section_without_a_heading_says_how_certain_it_is() -> None:
    inferred = read_sections(SPOKEN).inferred
    assert {"Physical Examination", "Medical Decision Making"} <= set(inferred)
    assert all(0 < confidence <= 1 for confidence in inferred.values())


@pytest.mark.parametrize(
    "section", ["Labs: troponin 0.02, ECG sinus without ST changes. ", "All: NKDA. ", "ROS: no fever, no cough. "]
)
def test_section_that_is_not_there_is_missing(section: str) -> None:
    states = read_sections(ON_ONE_LINE.replace(section, "")).states
    assert sorted(states.values()).count("missing") == 1


def test_heading_with_nothing_behind_it_is_empty() -> None:
    assert read_sections(ON_ONE_LINE.replace("NKDA. SH:", "\nSH:")).states["Allergies"] == "empty"


def test_pulmonary_embolism_in_the_reasoning_is_no_examination() -> None:
    assert "PE unlikely" in sections_in(ON_ONE_LINE)["Medical Decision Making"]


def test_a_banner_is_no_section() -> None:
    note = f"EMERGENCY DEPARTMENT\nBed 12   arr 10:22\n\n{ON_ONE_LINE.replace('54M CC', 'Chief Complaint:')}"
    assert sections_in(note)["Chief Complaint"].startswith("chest pain")


@given(st.text())
def test_any_text_is_read_into_passages_inside_it(note: str) -> None:
    read = read_content(note)
    assert all(0 <= each.opening <= each.start <= each.end <= len(note) for each in read.passages)
    assert all(0 <= each.start < each.end <= len(note) for each in read.doubts)

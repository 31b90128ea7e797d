import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.note import section_spans, section_states, split_sections
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines_tests.clinical.invented import PHYSICIAN_NOTE, note_of, undocumented_note

HEADINGS = {heading(section) for section in SECTIONS}
CONTENT = st.text().filter(lambda text: not any(line.strip() in HEADINGS for line in text.split("\n")))


def test_own_headings_split_into_the_twelve_sections() -> None:
    assert split_sections(note_of()) == PHYSICIAN_NOTE


@given(contents=st.lists(CONTENT, min_size=12, max_size=12), order=st.permutations(SECTIONS))
def test_spans_reproduce_any_content_in_any_order(contents: list[str], order: list[str]) -> None:
    note = "\n".join(f"{heading(section)}\n{said}\n" for section, said in zip(order, contents, strict=True))
    spans = section_spans(note)
    assert [(span.section, note[span.start : span.end]) for span in spans] == [
        (section, said.strip()) for section, said in zip(order, contents, strict=True)
    ]


@given(st.text())
def test_any_text_splits_without_error_into_places_inside_it(note: str) -> None:
    assert all(0 <= span.start <= span.end <= len(note) for span in section_spans(note))


@pytest.mark.parametrize(
    ("note", "sections"),
    [
        ("HPI: cough for a day", {"History of Present Illness": "cough for a day"}),
        ("Chief Complaint: chest pain", {"Chief Complaint": "chest pain"}),
        ("CC: fall\r\nMDM\r\nsprain", {"Chief Complaint": "fall", "Medical Decision Making": "sprain"}),
        ("**Allergies:** NKDA\n## Disposition\nhome", {"Allergies": "NKDA", "Disposition": "home"}),
        ("1. Labs & Imaging:\nECG: normal", {"Labs & Imaging": "ECG: normal"}),
        ("Dispo: admit\nHPI: fever", {"History of Present Illness": "fever", "Disposition": "admit"}),
        ("PMH: asthma\nHPI: wheeze\nPSH: none", {"Past Medical/Surgical History": "asthma\nnone"}),
        ("PE: lungs clear", {"Physical Examination": "lungs clear"}),
        ("EXAM\nlungs clear\nPLAN\nhome", {"Physical Examination": "lungs clear", "Medical Decision Making": "home"}),
        ("The plan\nis to wait. Plan", {}),
        ("No headings here, HPI is inside a line", {}),
        ("", {}),
    ],
)
def test_real_world_headings_are_found(note: str, sections: dict[str, str]) -> None:
    found = split_sections(note)
    assert {section: found[section] for section in sections} == sections
    assert bool(found) == bool(sections)


def test_pulmonary_embolism_in_the_decision_making_is_not_an_examination() -> None:
    sections = split_sections("Exam: lungs clear\nMDM: considered\nPE: low risk by PERC\nPlan: home")
    assert sections["Physical Examination"] == "lungs clear"
    assert sections["Medical Decision Making"] == "considered\nPE: low risk by PERC\nPlan: home"


def test_a_line_that_looks_like_a_heading_is_content_of_a_note_in_our_own_format() -> None:
    said = "Assessment: stable\nHPI: as told\nLabs: none"
    assert split_sections(note_of(medical=said))["Medical Decision Making"] == said


def test_drugs_given_are_not_home_medications() -> None:
    sections = split_sections("Medications: lisinopril\nMedications given in the ED: morphine 4 mg")
    assert sections == {"Medications": "lisinopril", "ED Course & Procedures": "morphine 4 mg"}


@pytest.mark.parametrize("said", ["", "TBD", "see above", "N/A", "***", "___", "[ ]", "Not documented.", "n/a."])
def test_placeholders_are_empty(said: str) -> None:
    assert section_states(note_of(disposition=said))["Disposition"] == "empty"


@pytest.mark.parametrize("said", ["None", "Unknown", "NKDA", "Unable to obtain, intubated."])
def test_an_answer_that_says_none_or_unknown_documents_allergies(said: str) -> None:
    assert section_states(note_of(allergies=said))["Allergies"] == "documented"


def test_not_documented_is_its_exact_sentence() -> None:
    assert set(section_states(undocumented_note()).values()) == {"not_documented"}
    assert section_states(note_of(social=NOT_DOCUMENTED.lower()))["Social History"] == "empty"


def test_a_section_without_a_heading_is_missing() -> None:
    states = section_states("HPI: fever")
    assert states.pop("History of Present Illness") == "documented"
    assert set(states.values()) == {"missing"}
    assert len(states) == 11

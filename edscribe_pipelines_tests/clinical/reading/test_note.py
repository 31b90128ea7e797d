import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.reading.note import read_sections, section_spans, section_states, split_sections
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.tables import read_table
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


@pytest.mark.parametrize(
    ("label", "section"),
    [
        ("FAMILY HISTORY", "Social History"),
        ("Reason for Presentation:", "Chief Complaint"),
        ("Review of Symptoms:", "Review of Systems"),
        ("Current Meds:", "Medications"),
        ("Known Allergies:", "Allergies"),
        ("Past Medical Hx:", "Past Medical/Surgical History"),
        ("ED Physical Exam:", "Physical Examination"),
        ("Procedures Performed:", "ED Course & Procedures"),
        ("Laboratory Results:", "Labs & Imaging"),
        ("MDM/ED Course:", "Medical Decision Making"),
        ("Final Diagnosis:", "Medical Decision Making"),
        ("ED Disposition:", "Disposition"),
        ("Vital Signs", "Physical Examination"),
    ],
)
def test_variants_of_real_notes_open_their_section(label: str, section: str) -> None:
    assert split_sections(f"{label}\nas told") == {section: "as told"}


def test_vital_signs_at_the_top_leave_the_examination_to_be_opened() -> None:
    sections = split_sections("Triage Vitals: HR 104\nHPI: pain\nPMH: none\nPE: lungs clear")
    assert sections["Physical Examination"] == "HR 104\nlungs clear"
    assert sections["Past Medical/Surgical History"] == "none"


def test_vital_signs_after_the_examination_stay_where_they_are() -> None:
    sections = split_sections("PE: lungs clear\nED Course: fluids\nVitals: HR 90")
    assert sections["ED Course & Procedures"] == "fluids\nVitals: HR 90"


def test_each_heading_opens_one_section() -> None:
    columns = ("headings", "minor_headings", "preface_headings")
    rows = read_table("sections.csv")
    labels = [label.casefold() for row in rows for column in columns for label in row[column].split(";") if label]
    assert sorted(labels) == sorted(set(labels))


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("54F, BIBA.\n\nHPI: cough", "54F, BIBA."),
        ("HPI: cough", ""),
        ("No headings here.\n", "No headings here."),
        (f"Note of the ED\n{note_of()}", "Note of the ED"),
        ("", ""),
    ],
)
def test_preamble_is_what_stands_before_the_first_heading(note: str, said: str) -> None:
    assert read_sections(note).preamble == said


@pytest.mark.parametrize(
    ("word", "section"), [("54F", None), ("cough", "History of Present Illness"), ("home", "Disposition")]
)
def test_place_is_in_the_section_whose_heading_comes_before(word: str, section: str | None) -> None:
    note = "54F\nHPI: cough\nDispo: home"
    assert ParsedNote(note).section_at(note.index(word)) == section


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


@pytest.mark.parametrize(
    "line",
    [
        *("HPI: cough", "### HPI: cough", "**HPI:** cough", "**HPI**: cough", "*HPI*: cough", "__HPI:__ cough"),
        *("2. HPI: cough", "2) **HPI:** cough", "IV. HPI: cough", "  HPI : cough", "HPI - cough", "HPI – cough"),
        *("HPI (per patient): cough", "HPI\ncough", "# HPI\ncough", "**HPI**\ncough", "--- HPI ---\ncough"),
        *("=== HPI ===\ncough", "[HPI]\ncough", "HPI:\n\ncough", "hpi: cough", "HISTORY OF PRESENT ILLNESS\ncough"),
    ],
)
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_dress_of_a_heading_and_kind_of_line_break_do_not_matter(line: str, line_break: str) -> None:
    note = f"CC: cold\n{line}\nPMH: none".replace("\n", line_break)
    assert split_sections(note)["History of Present Illness"] == "cough"


@pytest.mark.parametrize(
    "line", ["- Plan: rest", "• Exam: soft", "Discharge - yellow", "Patient - HPI: cough", "HPI-like: a"]
)
def test_point_of_a_list_and_other_dashes_open_no_section(line: str) -> None:
    assert section_spans(line) == ()


def test_sub_headings_stay_in_their_section() -> None:
    sections = split_sections(
        "Labs & Imaging:\nLabs: WBC 12\nImaging: CXR clear\nEKG: sinus\nAssessment: sepsis\nPlan: fluids"
    )
    assert sections["Labs & Imaging"] == "WBC 12\nCXR clear\nEKG: sinus"
    assert sections["Medical Decision Making"] == "sepsis\nPlan: fluids"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Labs: N/A\nImaging: pending", "empty"),
        ("Labs:\n- Imaging: [ ]", "empty"),
        ("Labs: WBC 12\nImaging: N/A", "documented"),
        ("see HPI", "empty"),
        ("labs reviewed", "empty"),
    ],
)
def test_section_of_which_each_part_is_a_placeholder_is_empty(said: str, state: str) -> None:
    assert section_states(note_of(labs=said))["Labs & Imaging"] == state
    assert section_states(f"CC: cough\nLabs & Imaging:\n{said}")["Labs & Imaging"] == state

from __future__ import annotations

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import Encounter, polars_schema
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.intake.mimic.discharge import ed_excerpts, excerpts_by_admission
from edscribe_pipelines.tables import read_table

SUMMARY = """
Name:  ___                     Unit No:   ___

Admission Date:  ___              Discharge Date:   ___

Date of Birth:  ___             Sex:   F

Service: MEDICINE

Allergies:
Penicillins / shellfish derived

Attending: ___.

Chief Complaint:
Shortness of breath

Major Surgical or Invasive Procedure:
Right heart catheterization ___


History of Present Illness:
Ms. ___ is a ___ year old woman with asthma who has been short
of breath for two days. She was seen in the ED 3 weeks ago for
a sprained wrist. She ran out of her inhaler.

In the ED, initial vitals were: 98.9 112 148/92 28 91% RA
Exam was notable for wheezing.

Labs were notable for WBC 12.4.

Patient was given albuterol nebs x3 and methylprednisolone
125 mg IV.

On arrival to the floor, she feels better and speaks in full
sentences.

REVIEW OF SYSTEMS: negative but for the above.

Past Medical History:
- Asthma, intubated once
- Hypertension

Social History:
___
Family History:
Mother with asthma.

Physical Exam:
ADMISSION PHYSICAL EXAM:
VS: 98.2 96 130/80 20 95% 2L
Lungs: scattered wheezes

DISCHARGE PHYSICAL EXAM:
Lungs: clear

Pertinent Results:
ED LABS:
___ 03:10AM WBC-12.4* HGB-13.0

DISCHARGE LABS:
___ 06:00AM WBC-8.1

Brief Hospital Course:
___ year old woman with an asthma exacerbation. In the ED she
received nebulizers and steroids. She was weaned to room air on
the second day and went home on prednisone.

Medications on Admission:
1. albuterol sulfate 90 mcg inhalation Q4H:PRN
2. Lisinopril 10 mg PO DAILY

Discharge Medications:
1. PredniSONE 40 mg PO DAILY

Discharge Disposition:
Home

Discharge Diagnosis:
Asthma exacerbation

Discharge Condition:
Mental Status: Clear and coherent.

Discharge Instructions:
You were admitted because of your asthma.
Allergies: tell every doctor about them.

Followup Instructions:
___
""".replace("\n\n", "\n \n")
"""The blank lines of the release hold a space."""
HPI, COURSE = "History of Present Illness", "ED Course & Procedures"


def told(summary: str) -> list[tuple[str, str]]:
    return [(excerpt["section"], excerpt["text"]) for excerpt in ed_excerpts(summary)]


def told_in_history(words: str) -> list[tuple[str, str]]:
    return told(f"History of Present Illness:\n{words}\n \nPast Medical History:\n___")


def test_summary_gives_what_was_known_or_done_in_the_ed_and_nothing_later() -> None:
    assert told(SUMMARY) == [
        ("Allergies", "Penicillins / shellfish derived"),
        ("Chief Complaint", "Shortness of breath"),
        (
            HPI,
            "Ms. ___ is a ___ year old woman with asthma who has been short\nof breath for two days. She was seen in "
            "the ED 3 weeks ago for\na sprained wrist. She ran out of her inhaler.",
        ),
        (
            COURSE,
            "In the ED, initial vitals were: 98.9 112 148/92 28 91% RA\nExam was notable for wheezing.\n \n"
            "Labs were notable for WBC 12.4.\n \n"
            "Patient was given albuterol nebs x3 and methylprednisolone\n125 mg IV.",
        ),
        ("Past Medical/Surgical History", "- Asthma, intubated once\n- Hypertension"),
        ("Labs & Imaging", "___ 03:10AM WBC-12.4* HGB-13.0"),
        (COURSE, "In the ED she\nreceived nebulizers and steroids."),
        ("Medications", "1. albuterol sulfate 90 mcg inhalation Q4H:PRN\n2. Lisinopril 10 mg PO DAILY"),
    ]


def test_every_excerpt_stands_in_the_summary() -> None:
    assert all(text in SUMMARY and text == text.strip() for _, text in told(SUMMARY))


@pytest.mark.parametrize(
    ("words", "history", "course"),
    [
        ("Cough. In the ED, HR 98. On the floor, HR 80.", "Cough.", "In the ED, HR 98."),
        (
            "Cough. Upon arrival to the ED, ill. On arrival to the MICU, tubed.",
            "Cough.",
            "Upon arrival to the ED, ill.",
        ),
        ("Cough. ED Course: HR 98, given fluids.", "Cough.", "ED Course: HR 98, given fluids."),
        ("Cough.\nED COURSE:\n- HR 98\n- fluids", "Cough.", "- HR 98\n- fluids"),
        ("Cough.\n\nInitial vitals: 98 80. Given fluids.", "Cough.", "Initial vitals: 98 80. Given fluids."),
        ("Cough. In the emergency room, wheezing.", "Cough.", "In the emergency room, wheezing."),
        ("Cough. In ___ ED, wheezing.", "Cough.", "In ___ ED, wheezing."),
        ("Cough. While in the ED, wheezing.", "Cough.", "While in the ED, wheezing."),
        ("Cough. Seen in the ED last week.", "Cough. Seen in the ED last week.", None),
        ("Cough. At OSH ED, given fluids.", "Cough. At OSH ED, given fluids.", None),
        ("Cough. On the floor, HR 80. In the ED he had been HR 98.", "Cough.", None),
        ("Cough. Currently on chemotherapy.", "Cough. Currently on chemotherapy.", None),
        ("Cough. In the ED, HR 98. Currently, no pain.", "Cough.", "In the ED, HR 98."),
        ("Cough. In the ED, HR 98. Overnight, HR 80.", "Cough.", "In the ED, HR 98."),
        ("Cough. In the ED, HR 98.\n\n# Diabetes: A1c 8", "Cough.", "In the ED, HR 98."),
        ("Cough. In the ED, HR 98.\n\nLives with his son.", "Cough.", "In the ED, HR 98."),
        ("Cough. In the ED, HR 98.\n\nCXR clear.", "Cough.", "In the ED, HR 98.\n\nCXR clear."),
        ("Cough. In the ED, HR 98, admitted to the floor.", "Cough.", "In the ED, HR 98, admitted to the floor."),
    ],
)
def test_history_ends_where_the_ed_begins_and_the_ed_where_the_ward_does(
    words: str, history: str, course: str | None
) -> None:
    expected = [(HPI, history), (COURSE, course)] if course else [(HPI, history)]
    assert told_in_history(words) == expected


@pytest.mark.parametrize(
    "course",
    [
        "Improved on the floor after lasix, which he had got in the ED.",
        "# Sepsis: pressors in the MICU.",
        "Discharged home.",
    ],
)
def test_hospital_course_without_a_sentence_on_the_ed_gives_nothing(course: str) -> None:
    assert told(f"Brief Hospital Course:\n{course}") == []


def test_heading_that_a_form_repeats_counts_once() -> None:
    assert told("Allergies: \nNKDA\n \nDischarge Instructions:\n___\nAllergies: none") == [("Allergies", "NKDA")]


@pytest.mark.parametrize("text", ["", "___", "No headings here.", "Allergies: \n \nSocial History:\n___\n"])
def test_text_without_anything_of_the_ed_gives_no_excerpt(text: str) -> None:
    assert ed_excerpts(text) == []


def test_admissions_have_the_excerpts_of_their_first_summary() -> None:
    rows = pl.LazyFrame(
        {
            "hadm_id": [2, 1, 1, None, 3],
            "note_seq": [5, 9, 4, 1, 1],
            "charttime": ["2150", "2150", "2151", "2150", "2150"],
            "text": ["Allergies: A", "Allergies: later", "Allergies: first", "Allergies: lost", None],
        }
    )
    frame = excerpts_by_admission(rows).collect().sort("hadm_id")
    assert frame["hadm_id"].to_list() == ["1", "2"]
    assert [row[0]["text"] for row in frame["excerpts"]] == ["first", "A"]


def test_admission_whose_summaries_have_no_order_has_that_of_the_first_row() -> None:
    rows = pl.LazyFrame({"hadm_id": ["1", "1"], "text": ["Allergies: first", "Allergies: later"]})
    assert excerpts_by_admission(rows).collect()["excerpts"][0][0]["text"] == "first"


@pytest.mark.parametrize("texts", [[], ["nothing of the ED"]])
def test_columns_are_those_of_an_encounter(texts: list[str]) -> None:
    rows = pl.LazyFrame(
        {"hadm_id": ["1"] * len(texts), "text": texts}, schema={"hadm_id": pl.String, "text": pl.String}
    )
    frame = excerpts_by_admission(rows).collect()
    assert frame.schema == {"hadm_id": pl.String, "excerpts": polars_schema(Encounter)["excerpts"]}
    assert frame["excerpts"].list.len().to_list() == [0] * len(texts)


def test_table_names_our_sections_and_gives_a_reason_for_each_heading() -> None:
    for row in read_table("discharge_sections.csv", "edscribe_pipelines.intake.mimic.tables"):
        assert row["reason"]
        assert row["use"] in ("none", "whole", "paragraph", "history", "course", "sentences")
        assert (row["section"] in SECTIONS) == (row["use"] != "none")
        assert row["status"] == "draft"

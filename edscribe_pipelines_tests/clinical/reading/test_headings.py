"""Several headings in one line of a short text."""

import pytest

from edscribe_pipelines.clinical.reading.headings import headings_of, with_headings_on_lines


@pytest.mark.parametrize(
    ("note", "sections"),
    [
        (
            "PMH: afib. Weight: 68 kg. Allergies: none. Meds: warfarin. ED Course: morphine 4 mg IV. Dispo: home.",
            ["Past Medical/Surgical History", "Allergies", "Medications", "ED Course & Procedures", "Disposition"],
        ),
        (
            "HPI: fell. | Exam: L wrist tender | ED Course: splint | Disposition: home",
            ["History of Present Illness", "Physical Examination", "ED Course & Procedures", "Disposition"],
        ),
        ("HPI: fell on ice, Exam: tender", ["History of Present Illness"]),
    ],
)
def test_a_short_text_with_several_headings_in_a_line_has_them_all(note: str, sections: list[str]) -> None:
    broken = with_headings_on_lines(note)
    assert len(broken) == len(note)
    assert [opened.section for opened in headings_of(broken)] == sections

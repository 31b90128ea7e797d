from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS
from edscribe_pipelines.evaluate.metrics import METRICS, score_notes, summarise

CONTENTS = {"Chief Complaint": "Chest pain", "Medications": "aspirin; metformin", "Disposition": "Discharged home."}


def score(reference, generated):
    (figures,) = score_notes(["Chest pain, aspirin; metformin"], [reference], [generated])
    return figures


def test_identical_notes_score_one(note):
    figures = score(note(CONTENTS), note(CONTENTS))
    for name in ("rouge_l", "rouge_lsum", "bertscore", "bertscore_documented", "completeness", "item_recall"):
        assert figures[name] == pytest.approx(1.0, abs=1e-5)


def test_missing_section_scores_zero_there_and_lowers_the_mean(note):
    without = note(CONTENTS).replace(f"MEDICATIONS\n{CONTENTS['Medications']}\n\n", "")
    figures = score(note(CONTENTS), without)
    assert figures["bertscore_by_section"]["Medications"] == 0.0
    assert figures["bertscore"] == pytest.approx(11 / 12, abs=1e-5)
    assert figures["bertscore_documented"] == pytest.approx(2 / 3, abs=1e-5)
    assert figures["completeness"] == 11 / 12


def test_section_that_neither_note_has_is_left_out(note):
    without = note(CONTENTS).replace(f"ALLERGIES\n{NOT_DOCUMENTED}\n\n", "")
    figures = score(without, without)
    assert "Allergies" not in figures["bertscore_by_section"]
    assert figures["bertscore"] == pytest.approx(1.0, abs=1e-5)


def test_template_without_facts_gains_nothing_in_documented_sections(note):
    figures = score(note(CONTENTS), note({}))
    assert figures["bertscore"] > 0.75
    assert figures["bertscore_documented"] < 0.4
    assert figures["item_recall"] == 0.0


def test_end_of_a_long_section_is_not_seen_and_counted_as_such(note):
    filler = "well " * 600
    figures = score(
        note(CONTENTS | {"ED Course & Procedures": f"{filler}Morphine 4 mg"}),
        note(CONTENTS | {"ED Course & Procedures": f"{filler}Patient expired"}),
    )
    assert figures["bertscore_by_section"]["ED Course & Procedures"] == pytest.approx(1.0, abs=1e-4)
    assert figures["sections_over_512_tokens"] == 1


@pytest.mark.parametrize("generated", ["", "  \n", "No heading here."])
def test_note_without_sections_scores_zero(note, generated):
    figures = score(note(CONTENTS), generated)
    assert figures["bertscore"] == 0.0
    assert figures["rouge_l"] < 0.1


def test_summary_averages_and_says_over_how_many(note):
    references = [note(CONTENTS), note({"Chief Complaint": "Cough"})]
    overall = summarise(score_notes(["aspirin; metformin"] * 2, references, [references[0], ""]))
    assert overall["notes"] == 2
    assert overall["complete_notes"] == 0.5
    assert overall["medication_recall"] == 1.0
    assert overall["notes_compared"]["medication_recall"] == 1
    assert overall["critical_findings"] == {"section.missing": 12}
    assert list(overall["sections"]) == list(SECTIONS)


def test_every_metric_says_what_it_means_and_bertscore_names_its_model():
    assert all(metric.meaning for metric in METRICS)
    assert all("all-MiniLM-L6-v2" in metric.meaning for metric in METRICS if metric.name.startswith("bertscore"))


def test_shares_must_meet_their_target_and_scores_exceed_it():
    targets = {metric.name: metric for metric in METRICS if metric.target is not None}
    assert set(targets) == {"guardrail_compliant", "complete_notes", "rouge_l", "bertscore"}
    assert targets["complete_notes"].reaches_target(1.0)
    assert not targets["complete_notes"].reaches_target(0.999)
    assert not targets["rouge_l"].reaches_target(0.60)

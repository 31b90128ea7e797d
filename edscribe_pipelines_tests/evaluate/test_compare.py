from __future__ import annotations

import pytest
import yaml

from edscribe_pipelines.clinical.specialties import find_specialty, note_of
from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.evaluate.compare import compare_systems
from edscribe_pipelines.evaluate.metrics import METRICS

EMERGENCY = find_specialty("emergency_medicine")


def compare(cases, patients, seed=3, system="base", metric="rouge_l"):
    """An adapter that is right for the first half of the cases, and a base that is right for none."""
    cases = [case | {"patient_key": patient} for case, patient in zip(cases, patients, strict=True)]
    half = len(cases) // 2
    adapter = {case["case_id"]: case["completion"] if n < half else "" for n, case in enumerate(cases)}
    base = {case["case_id"]: "" for case in cases}
    return compare_systems(
        cases,
        {"adapter": adapter, "base": base},
        specialty=EMERGENCY,
        month="2026-10",
        seed=seed,
    ).lift[system][metric]


def test_baselines_and_the_ceiling_are_scored_on_the_same_cases(evaluation, cases):
    overall = {system: scores.overall for system, scores in evaluation.systems.items()}
    assert {system: figures["notes"] for system, figures in overall.items()} == dict.fromkeys(overall, len(cases))
    assert overall["template_without_facts"]["complete_notes"] == 1.0
    assert overall["template_without_facts"]["documented_fraction"] == 0.0
    assert overall["prompt_copied"]["number_recall"] == 1.0
    assert overall["prompt_copied"]["complete_notes"] == 0.0
    assert overall["reference"]["rouge_l"] == 1.0


def test_lift_is_the_mean_of_paired_differences(evaluation):
    gain = evaluation.lift["base"]["rouge_l"]
    means = [evaluation.systems[system].overall["rouge_l"] for system in ("adapter", "base")]
    assert gain.mean == pytest.approx(means[0] - means[1])
    assert (gain.notes, gain.patients) == (8, 4)
    assert gain.low <= gain.mean <= gain.high


def test_bootstrap_draws_patients_and_not_notes(cases):
    # Four notes that gain 1 and four that gain 0: as two patients the mean of a draw is 0, 1/2 or 1,
    # as eight patients 0 and 1 are rarer than 2.5 %.
    as_two = compare(cases, ["p-a"] * 4 + ["p-b"] * 4)
    as_eight = compare(cases, [f"p-{n}" for n in range(8)])
    assert (as_two.low, as_two.high, as_two.patients) == (0.0, 1.0, 2)
    assert 0.0 < as_eight.low < as_eight.mean < as_eight.high < 1.0
    assert as_eight.patients == 8


def test_same_seed_gives_the_same_interval_and_another_seed_another(cases):
    # BERTScore over the copied prompt differs from case to case, so that draws do not tie.
    patients = [f"p-{n}" for n in range(8)]
    first, again, other = (compare(cases, patients, seed, "prompt_copied", "bertscore") for seed in (3, 3, 4))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_one_patient_gives_no_interval(cases):
    gain = compare(cases, ["p-a"] * 8)
    assert (gain.low, gain.high, gain.patients) == (None, None, 1)


def test_notes_without_a_figure_on_both_sides_are_left_out_of_its_lift(evaluation):
    # The template states no number, so there is no precision of its numbers to compare with.
    assert "number_precision" not in evaluation.lift["template_without_facts"]
    assert set(evaluation.lift["base"]) <= {metric.name for metric in METRICS}


def test_champion_is_compared_where_there_is_one(cases):
    notes = {case["case_id"]: case["completion"] for case in cases[:2]}
    generated = {"adapter": notes, "base": dict.fromkeys(notes, ""), "champion": notes}
    found = compare_systems(cases[:2], generated, specialty=EMERGENCY, month="2026-10", seed=3)
    assert found.lift["champion"]["rouge_l"].mean == 0.0


def test_system_that_skipped_a_case_is_refused(cases):
    notes = {case["case_id"]: "" for case in cases}
    with pytest.raises(StageFailed, match="adapter wrote no note for 1 of 8"):
        compare_systems(
            cases,
            {"base": notes, "adapter": dict(list(notes.items())[1:])},
            specialty=EMERGENCY,
            month="2026-10",
            seed=3,
        )


def compare_as(specialty, cases):
    """Compare with an adapter that writes what triage knows, word for word, and a base that writes nothing."""
    triage = find_specialty("triage_nursing")
    own = [case | {"completion": note_of(specialty, case["completion"])} for case in cases]
    adapter = {case["case_id"]: note_of(triage, case["completion"]) for case in cases}
    generated = {"adapter": adapter, "base": dict.fromkeys(adapter, "")}
    return compare_systems(own, generated, specialty=specialty, month="2026-10", seed=3).systems


def test_triage_note_is_complete_as_one_and_not_as_a_physicians(cases):
    triage, emergency = (compare_as(find_specialty(name), cases) for name in ("triage_nursing", "emergency_medicine"))
    for figure in ("complete_notes", "completeness", "guardrail_compliant", "rouge_l", "bertscore", "item_recall"):
        assert triage["adapter"].overall[figure] == pytest.approx(1.0, abs=1e-5)
        assert emergency["adapter"].overall[figure] < 0.9
    assert emergency["adapter"].overall["completeness"] == 0.5
    assert emergency["adapter"].overall["critical_findings"] == {"section.missing": 6 * len(cases)}


def test_every_system_is_judged_by_the_sections_of_the_specialty(cases):
    systems = compare_as(find_specialty("triage_nursing"), cases)
    assert {tuple(scores.overall["sections"]) for scores in systems.values()} == {
        find_specialty("triage_nursing").sections
    }
    assert systems["template_without_facts"].overall["complete_notes"] == 1.0
    assert systems["reference"].overall["documented_fraction"] == 3 / 6
    assert systems["base"].overall["critical_findings"] == {"section.missing": 6 * len(cases)}


def test_specialty_that_is_only_a_file_is_compared(cases, tmp_path):
    sections = ["Medications", "Disposition"]
    content = {"adapter": "handover-scribe", "sections": sections, "prompt": "Write {headings}, else {not_documented}"}
    (tmp_path / "handover.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    systems = compare_as(find_specialty("handover", tmp_path), cases)
    assert list(systems["reference"].overall["sections"]) == sections
    assert systems["reference"].overall["complete_notes"] == 1.0
    assert systems["adapter"].overall["completeness"] == 0.5

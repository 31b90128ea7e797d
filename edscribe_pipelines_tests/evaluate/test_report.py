from __future__ import annotations

import re

import pytest

from edscribe_pipelines.clinical.specialties import find_specialty, note_of
from edscribe_pipelines.evaluate.compare import compare_systems
from edscribe_pipelines.evaluate.report import count_cases, write_report
from edscribe_pipelines.files import read_json, read_jsonl

TRAINING = {
    "settings": {"recipe": "smollm2_cpu", "rank": 32, "trainable_parameters": 9123456, "targets": ["q_proj", "v_proj"]},
    "losses": [{"step": step, "loss": 3 / (1 + step)} for step in range(5)],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, evaluation, cases):
    target = tmp_path_factory.mktemp("report")
    write_report(target, evaluation, TRAINING, {"counts": count_cases({"test": cases, "train": cases[:3]})})
    return target


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "report.html").read_text("utf-8")


def words(page):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S).split())


def test_no_file_holds_text_of_a_note_or_prompt(folder, canary):
    assert len(list(folder.iterdir())) == 6
    for path in folder.iterdir():
        content = path.read_bytes()
        assert canary.encode() not in content
        assert b"warfarin" not in content


def test_page_asks_for_nothing_outside_itself(page):
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []
    assert "http" not in re.sub(r"http-equiv", "", page)
    assert page.count("data:image/png;base64,iVBOR") == 3


def test_verdict_counts_targets_and_names_the_missed(page):
    text = words(page)
    assert "3 of 4 targets of the plan reached; not reached: Guardrail compliance" in text
    assert "With 4 patients, every figure below is a first impression" in text


def test_target_that_needs_no_model_is_called_that(page):
    assert "Completeness (notes), ROUGE-L (sequence): reached without any model as well" in words(page)


def test_figures_carry_their_variant_and_model(page):
    text = words(page)
    for said in ("ROUGE-L (sequence)", "ROUGE-Lsum (by line)", "all-MiniLM-L6-v2", "8 notes of 4 patients"):
        assert said in text


def test_training_and_data_are_shown(page):
    text = words(page)
    assert "9,123,456" in text
    assert "q_proj, v_proj" in text
    assert text.index("train rendered synthetic 3 2") < text.index("test rendered synthetic 8 4")


def test_missing_losses_leave_out_the_curve(tmp_path, evaluation):
    write_report(tmp_path, evaluation, {"settings": {}, "losses": []}, {"counts": []})
    assert not (tmp_path / "loss.png").exists()
    assert (tmp_path / "report.html").read_text("utf-8").count("data:image/png") == 2


def test_metrics_and_cases_can_be_read_back(folder, evaluation):
    metrics = read_json(folder / "metrics.json")
    assert metrics["systems"]["adapter"]["rouge_l"] == evaluation.systems["adapter"].overall["rouge_l"]
    assert metrics["lift"]["base"]["rouge_l"]["patients"] == 4
    rouge = next(target for target in metrics["targets"] if target["metric"] == "rouge_l")
    assert rouge["reached"]
    assert rouge["reached_without_model"] == ["template_without_facts"]
    rows = [row for _, row in read_jsonl(folder / "per_case.jsonl")]
    assert len(rows) == 8 * len(evaluation.systems)
    assert {row["patient_key"] for row in rows} == {"p-0", "p-1", "p-2", "p-3"}


def test_share_short_of_all_is_never_shown_as_all(page, evaluation):
    # 7 of 8 notes are compliant; the last states a heart rate of more than 900.
    assert evaluation.systems["adapter"].overall["guardrail_compliant"] == 7 / 8
    assert "87.5 %" in words(page)


def test_page_says_which_gates_applied(page, tmp_path, cases):
    assert "Gates applied: sections, guardrails, decision making, disposition." in words(page)
    triage = find_specialty("triage_nursing")
    of_triage = [case | {"completion": note_of(triage, case["completion"])} for case in cases[:2]]
    notes = {case["case_id"]: case["completion"] for case in of_triage}
    judged = compare_systems(of_triage, {"adapter": notes, "base": notes}, specialty=triage, month="2026-10", seed=3)
    write_report(tmp_path, judged, {"settings": {}, "losses": []}, {"counts": []})
    text = words((tmp_path / "report.html").read_text("utf-8"))
    assert "Evaluation of the triage nursing adapter" in text
    assert "Gates applied: sections, guardrails." in text
    assert "no such section: decision making, disposition." in text
    metrics = read_json(tmp_path / "metrics.json")
    assert tuple(metrics["sections"]) == triage.sections
    assert metrics["gates"] == {
        "sections": True,
        "guardrails": True,
        "decision_making": False,
        "disposition": False,
    }

"""`edscribe run` as a process, from raw tables to report."""

from __future__ import annotations

import os
import re
import stat

import polars as pl
import pytest

from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.results.catalogue import CATALOGUE, stages_of
from edscribe_pipelines.results.fingerprint import PACKAGE, is_exempt, reached
from edscribe_pipelines_tests.e2e.conftest import MONTH, Finished
from edscribe_pipelines_tests.e2e.traces import find_canaries, texts_of
from edscribe_pipelines_tests.e2e.workplace import base_model

SPECIALTY = "emergency_medicine"
MONTHLY, PER_SPECIALTY = set(stages_of("month")), set(stages_of("month and specialty"))


def monthly(finished: Finished, stage: str, table: str) -> pl.DataFrame:
    return finished.workplace.stages().get(stage, MONTH).table(table)


def by_words(finished: Finished, words: str) -> str:
    """Return the encounter_id of the sample's note that holds `words`."""
    rows = monthly(finished, "encounters", "encounters")
    (encounter_id,) = rows.filter(pl.col("note").str.contains(words, literal=True))["encounter_id"]
    return encounter_id


def test_command_ends_well_and_says_where_summary_and_report_are(finished):
    assert finished.process.returncode == 0, finished.process.stderr
    table = finished.process.stdout
    assert "summary.json" in table
    assert "report.html" in table.replace("\n", "")


def test_summary_counts_every_stage_and_says_its_seconds(finished):
    summary = finished.summary
    specialty = summary["specialties"][SPECIALTY]
    assert set(summary["stages"]) == MONTHLY
    assert set(specialty["stages"]) == PER_SPECIALTY
    for stage in [*summary["stages"].values(), *specialty["stages"].values()]:
        assert stage["counts"]
        assert stage["seconds"] >= 0


def test_summary_says_what_came_of_the_stays(finished):
    summary = finished.summary
    assert summary["month"] == MONTH
    assert summary["stays"] == summary["gated_cases"] + summary["quarantined"]
    assert sum(summary["tiers"].values()) == summary["gated_cases"]
    assert set(summary["tiers"]) == {"physician", "rendered"}
    assert sum(summary["quarantine_reasons"].values()) >= summary["quarantined"] > 0
    in_splits = sum(split["cases"] for split in summary["splits"].values())
    assert in_splits + summary["duplicates"] == summary["gated_cases"]
    assert {split["patients"] > 0 for split in summary["splits"].values()} == {True}
    assert summary["fhir_resources"]["Encounter"] == summary["stays"]
    assert summary["fhir_resources"]["Composition"] == summary["gated_cases"]


def test_summary_says_what_was_trained_and_how_good_it_is(finished):
    specialty = finished.summary["specialties"][SPECIALTY]
    assert (finished.workplace.store / specialty["adapter"] / "adapter_model.safetensors").is_file()
    assert any("q_proj" in target for target in specialty["training"]["targets"])
    assert 0 < specialty["training"]["trainable_parameters"] < specialty["training"]["base_parameters"]
    for metrics in (specialty["metrics"]["adapter"], specialty["metrics"]["base"]):
        assert {"completeness", "rouge_l", "bertscore", "guardrail_compliant"} <= metrics.keys()
    assert specialty["test_cases"] == min(4, finished.summary["splits"]["test"]["cases"])
    assert specialty["champion"]["reasons"]


def test_every_stay_and_note_is_gated_or_in_quarantine(finished):
    stays = monthly(finished, "encounters", "encounters")["encounter_id"].to_list()
    gated = monthly(finished, "gated_corpus", "cases")["encounter_id"].to_list()
    quarantined = monthly(finished, "quarantined_cases", "cases")
    assert sorted(gated + quarantined["encounter_id"].to_list()) == sorted(stays)
    assert quarantined["reasons"].list.len().min() > 0


@pytest.mark.parametrize(("words", "reason"), [("Fentanyl 500 mcg", "gate_guardrails"), ("MDM: TBD", "gate_sections")])
def test_note_that_fails_a_gate_is_quarantined_with_its_reason(finished, words, reason):
    quarantined = monthly(finished, "quarantined_cases", "cases")
    row = quarantined.row(by_predicate=pl.col("encounter_id") == by_words(finished, words), named=True)
    assert reason in row["reasons"]
    assert [finding for finding in row["findings"] if finding["severity"] == "critical"]


def test_note_with_canaries_becomes_a_physician_case(finished):
    cases = monthly(finished, "gated_corpus", "cases")
    case = cases.row(by_predicate=pl.col("encounter_id") == by_words(finished, "Zorvanka"), named=True)
    stay = monthly(finished, "deidentified_notes", "encounters").filter(encounter_id=case["encounter_id"])
    (stand_ins,) = stay["stand_ins"]
    assert case["tier"] == "physician"
    assert "[NAME]" not in case["completion"]
    assert [each for each in stand_ins if each in case["completion"]]


def test_no_patient_is_in_two_splits(finished):
    cases = monthly(finished, "splits", "cases")
    assert cases.group_by("patient_key").agg(pl.col("split").n_unique())["split"].max() == 1
    assert cases["case_id"].is_unique().all()


def test_exported_jsonl_has_prompt_completion_and_metadata_alone(finished):
    folder = finished.workplace.stages().get("splits", MONTH).folder
    for split, held in finished.summary["splits"].items():
        lines = [row for _, row in read_jsonl(folder / f"{split}.jsonl")]
        assert len(lines) == held["cases"]
        for line in lines:
            assert list(line) == ["prompt", "completion", "metadata"]
            assert list(line["metadata"]) == ["chief_complaint", "esi_level", "disposition", "protocols"]
            assert line["prompt"]
            assert line["completion"].startswith("CHIEF COMPLAINT\n")


def test_adapter_loads_in_peft_and_changes_what_the_base_says(finished):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    adapter = finished.workplace.store / finished.summary["specialties"][SPECIALTY]["adapter"]
    base = base_model()
    tokens = AutoTokenizer.from_pretrained(base)("Complaint: Cough", return_tensors="pt")["input_ids"]
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapter).eval()
    with torch.no_grad():
        adapted = model(input_ids=tokens).logits
        with model.disable_adapter():
            plain = model(input_ids=tokens).logits
    assert not torch.equal(adapted, plain)
    trained = finished.summary["specialties"][SPECIALTY]["training"]["trainable_parameters"]
    assert sum(weight.numel() for name, weight in model.named_parameters() if "lora_" in name) == trained


def test_every_line_of_the_fhir_export_is_valid_r4(finished):
    folder = finished.workplace.stages().get("fhir_export", MONTH).folder
    resources = [row for path in sorted(folder.glob("*.ndjson")) for _, row in read_jsonl(path)]
    assert validate_resources(resources) == []
    assert len(resources) == sum(finished.summary["fhir_resources"].values())


def test_report_asks_nothing_of_other_machines(finished):
    page = (finished.workplace.store / finished.summary["specialties"][SPECIALTY]["report"]).read_text()
    loaded = re.findall(r"<(?:script|link|img|iframe|source|object|embed)\b[^>]*\b(?:src|href|data)=\"([^\"]*)\"", page)
    assert loaded
    assert all(address.startswith("data:") for address in loaded)
    assert not re.search(r"url\(\s*['\"]?(?!data:)|@import|<script", page)


def test_phi_zone_is_closed_to_others(finished):
    assert stat.S_IMODE(finished.workplace.phi_store.stat().st_mode) == 0o700


def test_search_for_canaries_finds_them_in_the_phi_zone(finished):
    found = {canary for _, canary in find_canaries(texts_of(finished.workplace.phi_store), finished.canaries)}
    assert found == finished.canaries


def test_no_canary_leaves_the_phi_zone(finished):
    place = finished.workplace
    texts = [("stdout", finished.process.stdout), ("stderr", finished.process.stderr)]
    for folder in (place.store, place.dagster_home):
        texts += [(f"{folder.name}/{path}", text) for path, text in texts_of(folder)]
    kinds = {os.path.splitext(path)[1] for path, _ in texts}
    assert {".parquet", ".db", ".err", ".jsonl", ".ndjson", ".html", ".safetensors", ".sqlite"} <= kinds
    assert {path for path, _ in texts} >= {"store/summary.json", "dagster_home/history/runs.db"}
    assert find_canaries(texts, finished.canaries) == set()


def test_run_writes_nowhere_else(finished):
    folder = finished.workplace.folder
    assert {path.name for path in folder.iterdir()} == {"in", "store", "phi_store", "dagster_home"}


def test_fingerprints_cover_what_the_command_and_its_workers_opened(finished):
    found = [reached(stage.roots) for stage in CATALOGUE.values()]
    covered = {file for each in found for file in each.modules | each.data}
    assert {"train/worker.py", "train/generation_worker.py", "clinical/tables/dose_limits.csv"} <= finished.opened
    missed = [file for file in finished.opened - covered if (PACKAGE / file).is_file() and not is_exempt(file)]
    assert sorted(missed) == []


def test_second_run_computes_nothing_anew(finished):
    store = finished.workplace.store
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}
    summary = finished.summary
    again = finished.workplace.run(MONTH)
    assert again.returncode == 0, again.stderr
    reused = {line.strip().split(":")[0] for line in again.stderr.splitlines() if line.endswith("(unchanged)")}
    assert reused == MONTHLY | PER_SPECIALTY
    after = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}
    assert {path for path in before | after if before.get(path) != after.get(path)} == {store / "summary.json"}
    assert finished.summary == summary

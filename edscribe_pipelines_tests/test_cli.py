"""The commands as processes: what they read and write, and what they say about what they cannot read."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from edscribe_pipelines.clinical.records import Encounter, polars_schema
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines.intake.mimic.raw_tables import scan_release
from edscribe_pipelines_tests.builders import deidentified, write_release
from edscribe_pipelines_tests.clinical.invented import note_of
from edscribe_pipelines_tests.e2e.workplace import COMMANDS

SECRET = "Zorvanka Delmiquist"


def edscribe(*arguments: object, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(COMMANDS / "edscribe"), *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=180)


def jsonl(*rows: dict[str, Any]) -> str:
    return "".join(orjson.dumps(row).decode() + "\n" for row in rows)


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text(jsonl(*rows), encoding="utf-8")
    return path


def lines(text: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in text.splitlines()]


def encounter_row(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in deidentified(**changes).items() if name in polars_schema(Encounter)}


def test_help_lists_the_commands():
    helped = edscribe("--help")
    assert helped.returncode == 0
    listed = {line.split()[1] for line in helped.stdout.splitlines() if len(line.split()) > 1}
    assert {"run", "encounters", "deid", "check", "score", "fhir", "sample"} <= listed


def test_sample_is_a_release_and_a_batch_of_notes(tmp_path):
    assert edscribe("sample", tmp_path / "s").returncode == 0
    assert scan_release(tmp_path / "s" / "mimic")["edstays"].collect().height > 100
    assert len(lines((tmp_path / "s" / "notes" / "notes.jsonl").read_text())) == 8


def test_encounters_are_one_row_a_stay_without_a_source_id(tmp_path):
    release = write_release(tmp_path / "release")
    assert edscribe("encounters", "--mimic", release, tmp_path / "out.parquet").returncode == 0
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame.schema == polars_schema(Encounter)
    assert frame.height == 1
    assert "38000001" not in frame.write_json()


def test_deid_replaces_spans_of_the_text_it_was_given():
    text = f"Patient: {SECRET}   MRN: 77431906\nCC: Cough\nHPI: Seen by Brindequist, HR 98, calls from 415-555-0132."
    row = {
        "id": "n-1",
        "text": text,
        "known_identifiers": [{"kind": "clinician_name", "value": "Hestovar Brindequist"}],
    }
    done = edscribe("deid", "-", "-", given=jsonl(row))
    (clean,) = lines(done.stdout)
    assert done.returncode == 0
    assert list(clean) == ["id", "text", "spans", "gate"]
    assert clean["id"] == "n-1"
    removed = {text[span["start"] : span["end"]]: span["type"] for span in clean["spans"]}
    assert removed.keys() >= {SECRET, "77431906", "Brindequist", "415-555-0132"}
    assert not any(value in clean["text"] for value in removed)
    assert "HR 98" in clean["text"]
    assert clean["gate"] == {"verdict": "pass", "rules": []}


def test_check_reads_and_writes_files(tmp_path):
    source = written(
        tmp_path / "in.jsonl",
        {"id": "sound", "note": note_of()},
        {"id": 2, "note": note_of(ed="Fentanyl 500 mcg IV given."), "source": {"chief_complaint": "Chest pain"}},
    )
    done = edscribe("check", source, tmp_path / "out.jsonl")
    sound, overdosed = lines((tmp_path / "out.jsonl").read_text())
    assert done.returncode == 0
    assert done.stdout == ""
    assert list(sound) == ["id", "passed", "sections", "findings"]
    assert (sound["id"], sound["passed"], overdosed["id"], overdosed["passed"]) == ("sound", True, 2, False)
    assert list(sound["sections"]) == list(SECTIONS)
    (critical,) = [finding for finding in overdosed["findings"] if finding["severity"] == "critical"]
    note = note_of(ed="Fentanyl 500 mcg IV given.")
    assert note[critical["start"] : critical["end"]].lower().startswith("fentanyl")
    assert critical["section"] == "ED Course & Procedures"


def test_check_reads_standard_input_and_writes_standard_output():
    done = edscribe("check", "-", "-", given=jsonl({"id": "a", "note": note_of()}, {"id": "b", "note": note_of()}))
    assert [row["id"] for row in lines(done.stdout)] == ["a", "b"]


def test_score_is_one_object_overall_and_per_case(tmp_path):
    pairs = [
        {"id": "same", "prompt": "Complaint: Chest pain", "reference": note_of(), "generated": note_of()},
        {"id": "none", "prompt": "Complaint: Chest pain", "reference": note_of(), "generated": "Nothing."},
    ]
    done = edscribe("score", "-", tmp_path / "out.json", given=jsonl(*pairs))
    assert done.returncode == 0, done.stderr
    scores = orjson.loads((tmp_path / "out.json").read_bytes())
    assert set(scores) == {"overall", "cases"}
    same, none = scores["cases"]
    assert (same["id"], none["id"]) == ("same", "none")
    assert same["rouge_l"] == pytest.approx(1)
    assert none["rouge_l"] < 0.1
    assert "Lisinopril" not in str(scores)


def test_fhir_is_ndjson_by_resource_type(tmp_path):
    row = encounter_row(note=note_of(), note_origin="physician")
    done = edscribe("fhir", "-", tmp_path / "out", given=jsonl(row))
    assert done.returncode == 0, done.stderr
    resources = [row for path in sorted((tmp_path / "out").iterdir()) for row in lines(path.read_text())]
    assert validate_resources(resources) == []
    assert {"Patient", "Encounter", "Observation", "Condition", "Composition"} <= {
        row["resourceType"] for row in resources
    }
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".ndjson"}


BAD_ROWS = [
    ("deid", {"id": "1", "note": SECRET}, "field text"),
    ("deid", {"id": "1", "text": SECRET, "known_identifiers": {"name": SECRET}}, "field known_identifiers"),
    ("check", {"id": "1", "text": SECRET}, "field note"),
    ("check", {"id": "1", "note": SECRET, "source": {"name": SECRET}}, "field name"),
    ("score", {"id": "1", "prompt": SECRET, "reference": SECRET}, "field generated"),
    ("score", {"id": "1", "prompt": SECRET, "reference": " ", "generated": SECRET}, "field reference"),
    ("fhir", encounter_row(age_years=SECRET), "field age_years"),
    ("fhir", encounter_row(encounter_id=f"{SECRET} /"), "Encounter"),
]


@pytest.mark.parametrize(("command", "row", "named"), BAD_ROWS)
def test_bad_row_is_named_in_one_line_that_does_not_quote_it(tmp_path, command, row, named):
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    source.write_text("\n" + jsonl(row))
    done = edscribe(command, source, out)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert done.stdout == ""
    assert line.startswith(f"edscribe: {source}, line 2")
    assert named in line
    assert SECRET not in line
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize("text", [f'{{"id": "1", "note": "{SECRET}', f'["{SECRET}"]', f'"{SECRET}"'])
def test_line_that_is_no_json_object_is_named_and_not_quoted(text):
    done = edscribe("check", "-", "-", given=jsonl({"id": "a", "note": note_of()}) + text + "\n")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert line.startswith("edscribe: standard input, line 2: not ")
    assert SECRET not in line


def test_file_that_is_not_there_is_bad_input(tmp_path):
    done = edscribe("check", tmp_path / "nowhere.jsonl", "-")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"edscribe: {tmp_path}/nowhere.jsonl: cannot be opened (No such file or directory)."
    ]


def test_month_without_a_partition_is_bad_input(tmp_path):
    done = edscribe("run", "--month", "2025-12", "--store", tmp_path / "store")
    assert done.returncode == 2
    assert "--month: not a month with a partition" in done.stderr
    assert not (tmp_path / "store").exists()


def test_leakage_is_measured_from_two_forms(tmp_path):
    notes = [{"id": f"n{number}", "text": f"Note {number}: seen by [NAME]."} for number in range(8)]
    stopped = {"id": "stopped", "text": None}
    released = written(tmp_path / "deid.jsonl", *notes, stopped)
    forms = tmp_path / "forms"
    assert edscribe("leakage", "form", released, forms, "--size", "4").returncode == 0
    for annotator in "ab":
        form = forms / f"annotator_{annotator}.csv"
        header, *empty = form.read_text().splitlines()
        form.write_text("\n".join([header, *(row.replace(",", ",yes", 1) for row in empty)]) + "\n")
    measured = edscribe("leakage", "measure", forms / "annotator_a.csv", forms / "annotator_b.csv")
    (report,) = lines(measured.stdout)
    assert (report["notes"], report["random_notes"], report["notes_with_leak"]) == (4, 2, 0)
    assert round(report["upper_bound_95"], 3) == round(1 - 0.05 ** (1 / 2), 3)


def test_form_of_no_released_note_is_refused(tmp_path):
    refused = edscribe(
        "leakage", "form", written(tmp_path / "deid.jsonl", {"id": "n", "text": None}), tmp_path / "forms"
    )
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "forms").exists()

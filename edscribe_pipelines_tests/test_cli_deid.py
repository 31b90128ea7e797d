"""`edscribe deid` as a process: streams, kills, workers, surrogates, and nothing of a removed value anywhere."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import orjson

from edscribe_pipelines_tests.e2e.workplace import COMMANDS
from edscribe_pipelines_tests.test_cli import edscribe, jsonl, lines, written

SECRET = "Zorvanka Delmiquist"
VALUES = ("Zorvanka", "Delmiquist", "77431906", "Brindequist", "415-555-0132")
TEXT = f"Patient: {SECRET}  MRN: 77431906\nHR 98. Seen by Dr. Brindequist. Phone 415-555-0132.\n"


def started(*arguments: object) -> subprocess.Popen[bytes]:
    command = [str(COMMANDS / "edscribe"), "deid", *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_stream_is_answered_line_by_line_and_says_nothing_of_what_it_removed(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(bytes(range(32)))
    options = ("--method", "date_shift", "--wording", "surrogates", "--key-file", tmp_path / "key")
    process = started("-", "-", "--quarantine", tmp_path / "bad.jsonl", *options)
    assert process.stdin
    assert process.stdout
    answers = []
    for number in range(2):
        row = {"id": number, "text": f"{TEXT}Arrived 03/14/2019.", "patient": "p-1", "year": 2019}
        process.stdin.write(jsonl(row).encode())
        process.stdin.flush()
        answers.append(process.stdout.readline())
    rest, told = process.communicate(f'{{"id": 3, "text": "{SECRET}\n'.encode(), timeout=60)
    assert (process.returncode, rest) == (0, b"")
    first, second = map(orjson.loads, answers)
    assert (first["id"], second["id"]) == (0, 1)
    assert first["text"] == second["text"]
    assert "[NAME]" not in first["text"]
    assert first["gate"] == {"verdict": "pass", "rules": []}
    assert told.startswith(b"2 lines written\nHIPAA Expert Determination")
    assert lines((tmp_path / "bad.jsonl").read_text()) == [{"row": 3, "field": None, "reason": "not JSON in UTF-8"}]
    shown = b"".join(answers) + told
    assert not any(value.encode() in shown for value in (*VALUES, "03/14/2019"))


def test_two_workers_killed_and_started_again_write_what_one_run_would_have(tmp_path: Path) -> None:
    filler = "Denies chest pain. HR 98, RR 18, SpO2 97 % on room air.\n"
    notes = [{"id": number, "text": f"Visit {number % 90}.\n{TEXT}{filler * 3}"} for number in range(300)]
    source, out = written(tmp_path / "in.jsonl", *notes), tmp_path / "out.jsonl"
    with source.open("a") as stream:
        stream.write(f"{SECRET}\n")
    options = (source, out, "--workers", 2, "--quarantine", tmp_path / "bad.jsonl")
    process = started(*options)
    journal = tmp_path / "out.jsonl.part.journal"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 2:
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    kept = (tmp_path / "out.jsonl.part").read_bytes() + journal.read_bytes()
    assert not out.exists()
    done = edscribe("deid", *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "300 lines written\n")
    answers = lines(out.read_text())
    assert [answer["id"] for answer in answers] == list(range(300))
    assert all(answer["text"].startswith(f"Visit {answer['id'] % 90}.\nPatient: [NAME]") for answer in answers)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.jsonl", "in.jsonl", "out.jsonl"]
    everything = kept + out.read_bytes() + (tmp_path / "bad.jsonl").read_bytes()
    assert not any(value.encode() in everything for value in VALUES)


def test_surrogates_without_a_key_are_refused_in_one_line(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", {"id": 1, "text": TEXT})
    done = edscribe("deid", source, tmp_path / "out.jsonl", "--wording", "surrogates")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert "key" in line
    assert not (tmp_path / "out.jsonl").exists()


def test_bad_line_ends_with_2_and_names_file_and_line(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", {"id": 1, "text": TEXT}, {"id": SECRET, "note": TEXT})
    done = edscribe("deid", source, tmp_path / "out.jsonl", "--workers", 2)
    assert done.returncode == 2
    assert done.stderr.startswith(f"edscribe: {source}, line 2, field text: missing or not a string. Write ")
    assert not any(value in done.stderr for value in VALUES)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_rules_alone_read_without_the_model() -> None:
    row = jsonl({"id": 1, "text": "HPI: works nights at tessmore. Seen by Dr. Brindequist."})
    both, rules = edscribe("deid", "-", "-", given=row), edscribe("deid", "-", "-", "--rules-alone", given=row)
    assert (both.returncode, rules.returncode) == (0, 0)
    of_both, of_rules = (lines(done.stdout)[0]["spans"] for done in (both, rules))
    assert [span["type"] for span in of_rules] == ["NAME"]
    assert len(of_both) == 2

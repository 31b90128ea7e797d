"""Nothing of this room asks a host for anything, not even on a machine that has cached nothing yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edscribe_pipelines.clinical.records import PhiEncounter, to_frame
from edscribe_pipelines.deidentify import packaged_model
from edscribe_pipelines.deidentify.checking import ranking
from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.files import write_jsonl
from edscribe_pipelines_tests.builders import phi_encounter

GUARD = """
import os, sys, traceback

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        os.write(2, f"{event}: {traceback.format_stack()[-3:]}".encode())
        os._exit(97)

sys.addaudithook(refuse)
"""
"""Ends the process at its first look at the network: an exception would be caught by whoever asks."""

COMMANDS = """
from edscribe_pipelines.cli import app
app(["deid", "notes.jsonl", "deid.jsonl"], standalone_mode=False)
app(["leakage", "form", "released.jsonl", "forms", "--size", "2"], standalone_mode=False)
"""

REVIEW = """
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.deidentify.review.decisions import UNDECIDED
from edscribe_pipelines.deidentify.review.reading_list import doubtful_texts
list(doubtful_texts(Path("notes.jsonl"), UNDECIDED, Remover()))
"""

STAGE = """
import polars as pl
from edscribe_pipelines.deidentify import month
from edscribe_pipelines.settings import Settings
settings = Settings(recognizers=Path("recognizers.yaml"))
month.plant_canaries(Path("encounters.parquet"), settings, Path())
month.deidentify_rows(pl.read_parquet("encounters.parquet"), settings, Path("out"))
month.release(Path(), 0, settings, Path("out"))
month.store_audit(Path("encounters.parquet"), Path("out"))
"""

RECOGNIZERS = """
recognizers:
  - name: badge
    supported_entity: BADGE
    patterns: [{name: badge, regex: "B-[0-9]{4}", score: 1.0}]
"""

TEXT = "HPI: cough. Results to zed@clinic.example.com and ann@reports.co.uk, see www.example.com. Badge B-1234."


def guarded(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run `program` in `folder`, which is also its empty home, under the guard."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "TLDEXTRACT_", "HF_"))}
    command = [sys.executable, "-c", f"{GUARD}from pathlib import Path\n{program}"]
    home = folder / "home"
    home.mkdir()
    environment = {**ours, "HOME": str(home)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=180)


def test_guard_sees_a_request_that_its_caller_hides(tmp_path: Path) -> None:
    asked = guarded(tmp_path, "import tldextract; tldextract.extract('a@example.com')")
    assert asked.returncode == 97
    assert "socket.getaddrinfo" in asked.stderr


def test_commands_review_and_stage_ask_no_host(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "notes.jsonl", [{"id": number, "text": TEXT} for number in range(4)])
    write_jsonl(tmp_path / "released.jsonl", [{"id": number, "text": TEXT} for number in range(4)])
    note = phi_encounter(note=TEXT, note_origin="physician")
    to_frame(PhiEncounter, [note]).write_parquet(tmp_path / "encounters.parquet")
    (tmp_path / "recognizers.yaml").write_text(RECOGNIZERS)
    (tmp_path / "out").mkdir()
    done = guarded(tmp_path, COMMANDS + REVIEW + STAGE)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "forms" / "sample.csv").read_text().count("ranked") == 1
    assert (tmp_path / "out" / "deidentification.html").exists()
    assert list((tmp_path / "home").rglob("*tld*")) == []


def test_addresses_are_told_by_the_bundled_list_of_domains() -> None:
    finds = ranking._finds("to zed@clinic.example.co.uk or zed@clinic.nosuchdomain")
    assert "zed@clinic.example.co.uk" in finds
    assert "zed@clinic.nosuchdomain" not in finds


def test_model_that_is_not_installed_is_named_and_not_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged_model, "_MODEL", "no_such_model")
    with pytest.raises(StageFailed, match="pip install no-such-model"):
        packaged_model.load_model()

"""The commands, each in a process of its own, with kills in between."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edscribe_pipelines.fhir.delivery.ledger import FILE
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.delivery.exports import (
    DOCUMENTS,
    MONTH,
    hash_of,
    hashes_of,
    held_by,
    invented,
    write_export,
)
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults

SECONDS_TO_START = 60


def store_export(store: Path, tag: str, count: int, device: str | None = None) -> dict[str, str]:
    """Make an export of invented stays the standing result of fhir_export, and return its hashes."""

    def build(folder: Path) -> dict[str, int]:
        write_export(folder, invented(tag, count), device)
        return {}

    result = Stages(Settings(store=store, phi_store=store / "phi")).run("fhir_export", MONTH, build, inputs={})
    return hashes_of(result.folder)


def environment(store: Path, facade: Facade) -> dict[str, str]:
    settings = {"STORE": store, "PHI_STORE": store / "phi", "FHIR_TARGET": facade.store, "FHIR_ROOT": facade.url}
    named = {f"EDSCRIBE_{name}": str(value) for name, value in settings.items()}
    return {**os.environ, **named, "EDSCRIBE_FHIR_TOKEN": facade.token, "EDSCRIBE_FHIR_CONCURRENCY": "3"}


def begin(store: Path, facade: Facade, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from edscribe_pipelines.cli import main; main()", "fhir", *arguments]
    return subprocess.Popen(command, env=environment(store, facade), stderr=subprocess.PIPE, text=True)


def run(store: Path, facade: Facade, *arguments: str) -> tuple[int, str]:
    process = begin(store, facade, *arguments)
    _, said = process.communicate(timeout=120)
    return process.returncode, said


def kill_after(process: subprocess.Popen[str], facade: Facade, posts: int) -> None:
    """Kill the process once it has made so many further POST requests."""
    before, deadline = _posts(facade), time.monotonic() + SECONDS_TO_START
    while _posts(facade) < before + posts and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def _posts(facade: Facade) -> int:
    return sum(method == "POST" for method, _, _ in facade.requests)


@pytest.mark.timeout(300)
def test_delivery_killed_three_times_among_faults_ends_with_each_resource_once(sekmet: str, tmp_path: Path) -> None:
    expected = store_export(tmp_path, "killed", 40)
    rates = {"429": 0.05, "500": 0.05, "cut_before": 0.05, "cut_after": 0.05}
    with Facade(sekmet, Faults(seed=1, rates=rates, only="POST", retry_after_s=None)) as facade:
        for posts in (1, 3, 2):
            kill_after(begin(tmp_path, facade, "send"), facade, posts)
        code, said = run(tmp_path, facade, "send", "--month", MONTH)
        assert code == 0, said
        assert held_by(sekmet, list(expected)) == expected
        assert set(facade.written) == expected.keys()
        before = _posts(facade)
        code, said = run(tmp_path, facade, "send")
        assert (code, _posts(facade)) == (0, before)
        assert "       0 sent" in said


@pytest.mark.timeout(300)
def test_recall_killed_on_its_way_is_ended_by_the_same_command(sekmet: str, tmp_path: Path) -> None:
    expected = store_export(tmp_path, "recalled", 40, "recalled-cccc3333")
    with Facade(sekmet) as facade:
        assert run(tmp_path, facade, "send")[0] == 0
        kill_after(begin(tmp_path, facade, "withdraw", "--adapter", hash_of("recalled-cccc3333")), facade, 1)
        assert run(tmp_path, facade, "send")[0] == 0
        code, said = run(tmp_path, facade, "withdraw", "--adapter", hash_of("recalled-cccc3333"))
        assert code == 0, said
    prompt = {name for name in expected if name.startswith("DocumentReference/edscribe-model-prompt-")}
    made = {name for name in expected if name.startswith((*DOCUMENTS, "Device"))} - prompt
    assert len(made) == 122
    assert held_by(sekmet, list(expected)) == {name: expected[name] for name in expected.keys() - made}


def test_check_says_what_is_wrong_and_ends_with_2(sekmet: str, tmp_path: Path) -> None:
    with Facade(sekmet, update_create=False) as facade:
        code, said = run(tmp_path, facade, "check")
    assert code == 2
    assert " no  update-create is on\n" in said
    assert "yes  is an R4 store\n" in said


def test_dry_run_sends_nothing(sekmet: str, tmp_path: Path) -> None:
    store_export(tmp_path, "dry", 2)
    with Facade(sekmet) as facade:
        code, said = run(tmp_path, facade, "send", "--dry-run")
        assert (code, facade.requests) == (0, [])
    assert "       2 Encounter\n" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("send", "--month", "2020-01"), "--month: no such month was exported"),
        (("withdraw",), "not one of --patient, --export and --adapter"),
        (("withdraw", "--patient", "p", "--export", "2026-01"), "not one of"),
        (("withdraw", "--adapter", "ffff"), "--adapter: no such adapter"),
    ],
)
def test_wrong_use_is_one_line_and_2(sekmet: str, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    with Facade(sekmet) as facade:
        code, said = run(tmp_path, facade, *arguments)
    assert (code, told in said, said.count("\n")) == (2, True, 1)


def test_ledger_that_is_none_is_one_line_and_2(sekmet: str, tmp_path: Path) -> None:
    store_export(tmp_path, "broken", 1)
    (tmp_path / FILE).write_text(json.dumps({"no": "ledger"}) * 100)
    with Facade(sekmet) as facade:
        code, said = run(tmp_path, facade, "send")
    assert (code, "not a ledger" in said) == (2, True)

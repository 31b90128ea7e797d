"""`edscribe rules`, and how the other commands use a site's own tables, as processes."""

from __future__ import annotations

import csv
import io
import os
import subprocess
from pathlib import Path

import orjson

from edscribe_pipelines import tables
from edscribe_pipelines.clinical.register.rules import awaiting_sign_off, register
from edscribe_pipelines_tests.clinical.invented import note_of
from edscribe_pipelines_tests.clinical.register.site import write_table
from edscribe_pipelines_tests.e2e.workplace import COMMANDS

VITALS = "vital_limits.csv"


def edscribe(*arguments: object, site: Path | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "EDSCRIBE_RULES"}
    environment |= {"EDSCRIBE_RULES": str(site)} if site else {}
    command = [str(COMMANDS / "edscribe"), *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=180, env=environment)


def site_vitals(folder: Path, **changed: str) -> Path:
    return write_table(folder, VITALS, [row | changed for row in tables.bundled_rows(VITALS)])


def test_rules_are_a_table_that_ends_with_their_counts() -> None:
    done = edscribe("rules")
    first, *_, last = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert first.split() == ["id", "effect", "status", "tier", "owner", "reviewed", "expires", "source", "year"]
    assert last.startswith(f"{len(register())} rules: ")
    assert f"{len(awaiting_sign_off(register()))} awaiting sign-off" in last


def test_rules_that_await_a_signature_are_written_as_csv(tmp_path: Path) -> None:
    done = edscribe("rules", "--sign-off", "--csv", tmp_path / "open.csv")
    rows = list(csv.DictReader((tmp_path / "open.csv").open(encoding="utf-8", newline="")))
    assert done.returncode == 0, done.stderr
    assert [row["id"] for row in rows] == [rule.id for rule in awaiting_sign_off(register())]
    assert done.stdout.startswith(f"{len(register())} rules: ")


def test_csv_on_standard_output_is_nothing_else() -> None:
    done = edscribe("rules", "--csv", "-")
    assert len(list(csv.DictReader(io.StringIO(done.stdout), strict=True))) == len(register())
    assert done.stderr.startswith(f"{len(register())} rules: ")


def test_sites_rules_that_expired_are_listed_and_still_hold(tmp_path: Path) -> None:
    site = site_vitals(tmp_path / "site", reviewed="2001-01-01", expires="2002-01-01", owner="a committee")
    overdue = len(tables.bundled_rows(VITALS))
    listed = edscribe("rules", "--expired", "--csv", "-", site=site)
    assert {row["owner"] for row in csv.DictReader(io.StringIO(listed.stdout))} == {"a committee"}
    note = orjson.dumps({"id": "a", "note": note_of(physical="HR 310.")}).decode()
    checked = edscribe("check", "-", "-", site=site, given=note)
    assert orjson.loads(checked.stdout)["passed"] is False
    warned = [line for line in checked.stderr.splitlines() if "past their expiry" in line]
    assert warned == [f"{overdue} rules are past their expiry and still hold: edscribe rules --expired"]


def test_check_holds_a_note_to_the_sites_own_tables(tmp_path: Path) -> None:
    rows = [row | {"high": "200"} if row["high"] == "299" else row for row in tables.bundled_rows(VITALS)]
    site = write_table(tmp_path / "site", VITALS, rows)
    note = orjson.dumps({"id": "a", "note": note_of(physical="HR 250, BP 142/81.")}).decode()
    passed = [
        orjson.loads(edscribe("check", "-", "-", site=where, given=note).stdout)["passed"] for where in (None, site)
    ]
    assert passed == [True, False]


def test_sites_tables_that_cannot_be_used_end_each_command_with_a_line_for_each_row(tmp_path: Path) -> None:
    site = site_vitals(tmp_path / "site", status="final")
    for command in (("rules",), ("check", "-", "-"), ("score", "-", "-")):
        done = edscribe(*command, site=site)
        assert done.returncode == 2
        assert done.stdout == ""
        lines = done.stderr.removeprefix("edscribe: ").splitlines()
        assert len(lines) == len(tables.bundled_rows(VITALS))
        assert all(line.startswith(f"{VITALS}, row ") and "column status: must be one of" in line for line in lines)

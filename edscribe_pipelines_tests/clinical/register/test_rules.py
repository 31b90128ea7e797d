from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from edscribe_pipelines import tables
from edscribe_pipelines.clinical.register.effects import RULE_TABLES
from edscribe_pipelines.clinical.register.rules import FIRST_ROW, awaiting_sign_off, expired, register
from edscribe_pipelines.clinical.register.site_tables import load_site_tables
from edscribe_pipelines_tests.clinical.register.site import site_file, write_table


def test_every_row_of_every_rule_table_is_a_rule_of_its_own() -> None:
    rules = register()
    rows = [row for table in RULE_TABLES for row in tables.bundled_rows(f"{table}.csv")]
    assert len(rules) == len(rows) == len({rule.id for rule in rules})


def test_rule_says_where_it_stands_and_where_it_comes_from() -> None:
    rule = next(rule for rule in register() if rule.id == "dose_limits: morphine, IV;IO;IM;SC, any")
    row = tables.bundled_rows("dose_limits.csv")[rule.row - FIRST_ROW]
    assert (row["drug"], row["route"], row["indication"]) == ("morphine", "IV;IO;IM;SC", "any")
    assert (rule.table, rule.owner, rule.source, rule.url) == ("dose_limits", row["owner"], row["source"], row["url"])
    assert (rule.effect, rule.reviewed, rule.expires) == ("blocks", date(2026, 11, 23), date(2028, 11, 23))


def test_id_stays_when_a_row_is_put_before(tmp_path: Path) -> None:
    rows = tables.bundled_rows("risk_scores.csv")
    ids = {rule.id for rule in register()}
    load_site_tables(write_table(tmp_path, "risk_scores.csv", [rows[0] | {"score": "Invented"}, *rows]))
    assert {rule.id for rule in register()} == ids | {"risk_scores: Invented"}


def test_register_holds_what_a_site_puts_in_a_tables_place(tmp_path: Path) -> None:
    load_site_tables(site_file(tmp_path, "vital_limits.csv", owner="a site's own committee"))
    assert [rule.row for rule in register() if rule.owner == "a site's own committee"] == [FIRST_ROW]


def test_rule_expires_the_day_after_its_last() -> None:
    last = min(rule.expires for rule in register())
    assert expired(register(), last) == ()
    overdue = expired(register(), last + timedelta(days=1))
    assert overdue
    assert {rule.expires for rule in overdue} == {last}


def test_expired_rule_still_does_what_it_did(tmp_path: Path) -> None:
    effects = {rule.id: rule.effect for rule in register()}
    rows = [
        row | {"reviewed": "2001-01-01", "expires": "2002-01-01"} for row in tables.bundled_rows("vital_limits.csv")
    ]
    load_site_tables(write_table(tmp_path, "vital_limits.csv", rows))
    assert {rule.table for rule in expired(register(), date(2026, 11, 23))} == {"vital_limits"}
    assert {rule.id: rule.effect for rule in register()} == effects


def test_doses_that_do_not_block_and_drafts_of_other_tables_await_a_signature() -> None:
    awaiting = awaiting_sign_off(register())
    doses = {rule for rule in awaiting if rule.table == "dose_limits"}
    assert doses == {rule for rule in register() if rule.table == "dose_limits" and rule.effect != "blocks"}
    assert {rule.owner for rule in doses} == {"ED pharmacist"}
    assert {rule.status for rule in set(awaiting) - doses} == {"draft"}
    assert not any(rule.status == "draft" for rule in set(register()) - set(awaiting) if rule.table != "dose_limits")

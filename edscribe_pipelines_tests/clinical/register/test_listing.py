from __future__ import annotations

import csv
import io
from datetime import date

from rich.console import Console

from edscribe_pipelines.clinical.register.listing import COLUMNS, NEEDED_WIDTH, as_csv, as_table, counts
from edscribe_pipelines.clinical.register.rules import awaiting_sign_off, register


def test_csv_has_every_rule_with_its_address() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(register()))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [rule.id for rule in register()]
    assert [row["url"] for row in rows] == [rule.url for rule in register()]
    assert any(row["url"].startswith("https://") for row in rows)


def test_table_shows_every_rule_whole() -> None:
    console = Console(file=io.StringIO(), width=NEEDED_WIDTH, record=True)
    rules = register()[:20]
    console.print(as_table(rules))
    shown = console.export_text()
    written = "".join(line[:60] for line in shown.splitlines())
    assert all(f"{rule.effect:<8} {rule.status}".split()[0] in shown for rule in rules)
    assert sum(shown.count(str(day)) for day in {rule.reviewed for rule in rules}) == len(rules)
    assert all(word in written for rule in rules for word in rule.id.split())


def test_counts_are_those_of_the_rules() -> None:
    rules = register()
    blocking = sum(rule.effect == "blocks" for rule in rules)
    waiting = len(awaiting_sign_off(rules))
    assert counts(rules, date(2026, 11, 23)) == (
        f"{len(rules)} rules: {blocking} blocking, {waiting} awaiting sign-off, 0 expired"
    )
    assert counts(rules, date(2199, 1, 1)).endswith(f"{len(rules)} expired")

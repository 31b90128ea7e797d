"""Every rule with its owner, its source and the day until which its review holds: the rows of the rule tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from edscribe_pipelines.clinical.register.effects import DOSES, RULE_TABLES, Effect, RuleTable
from edscribe_pipelines.tables import read_table, table_cache

FIRST_ROW = 2
"""As a spreadsheet counts: the header is row 1."""


@dataclass(frozen=True)
class Rule:
    """`id` is unique, and the same however the rows around it change; `row` is its place in the table's file."""

    id: str
    table: str
    row: int
    effect: Effect
    status: str
    tier: str
    owner: str
    reviewed: date
    expires: date
    source: str
    year: str
    url: str


@table_cache
def register() -> tuple[Rule, ...]:
    """Return the rules of all tables, a site's own where it has one."""
    return tuple(rule for table in RULE_TABLES for rule in _rules_of(table))


def expired(rules: Iterable[Rule], today: date) -> tuple[Rule, ...]:
    """Return the rules past the last day on which their review holds. They still hold."""
    return tuple(rule for rule in rules if rule.expires < today)


def awaiting_sign_off(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the doses that do not block until a pharmacist signs them, and the drafts of every other table."""
    return tuple(rule for rule in rules if (rule.effect != "blocks" if rule.table == DOSES else rule.status == "draft"))


def _rules_of(table: str) -> Iterator[Rule]:
    kind = RULE_TABLES[table]
    seen: Counter[str] = Counter()
    for number, row in enumerate(read_table(f"{table}.csv"), start=FIRST_ROW):
        name = _name(table, kind, row)
        seen[name] += 1
        yield Rule(
            id=name if seen[name] == 1 else f"{name} ({seen[name]})",
            table=table,
            row=number,
            effect=kind.effect(row),
            status=row["status"],
            tier=row.get("tier", ""),
            owner=row["owner"],
            reviewed=date.fromisoformat(row["reviewed"]),
            expires=date.fromisoformat(row["expires"]),
            source=row["source"],
            year=row["year"],
            url=row.get("url", ""),
        )


def _name(table: str, kind: RuleTable, row: dict[str, str]) -> str:
    return f"{table}: {', '.join(filter(None, (row[column] for column in kind.names)))}"

"""The register for people: as a table of `rich`, as CSV for a spreadsheet, and how much of it is open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from rich.table import Table
from rich.text import Text

from edscribe_pipelines.clinical.register.rules import Rule, awaiting_sign_off, expired

COLUMNS = ("id", "effect", "status", "tier", "owner", "reviewed", "expires", "source", "year", "url")
_WHOLE = ("effect", "status", "tier", "owner", "reviewed", "expires", "year")
NEEDED_WIDTH = 140
"""Characters to a line below which the table can hardly be read."""


def as_csv(rules: Iterable[Rule]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([str(getattr(rule, column)) for column in COLUMNS] for rule in rules)
    return text.getvalue()


def as_table(rules: Iterable[Rule]) -> Table:
    """Return a row for each rule; where its source has an address, a terminal opens it from there."""
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS[:-1]:
        table.add_column(column, no_wrap=column in _WHOLE, overflow="fold")
    for rule in rules:
        cells = [Text(str(getattr(rule, column))) for column in COLUMNS[:-1]]
        if rule.url:
            cells[COLUMNS.index("source")].stylize(f"link {rule.url}")
        table.add_row(*cells)
    return table


def counts(rules: Sequence[Rule], today: date) -> str:
    """Return how many rules there are, block, await a signature and have expired."""
    blocking = sum(rule.effect == "blocks" for rule in rules)
    return (
        f"{len(rules)} rules: {blocking} blocking, {len(awaiting_sign_off(rules))} awaiting sign-off, "
        f"{len(expired(rules, today))} expired"
    )

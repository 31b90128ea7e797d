"""The protocols and their steps as rules: rows of `tables/protocols.csv` and `tables/protocol_steps.csv`.

A step's `order` names other steps of its protocol ("before:shock;after:cpr"), `from` what its minutes count from
("recognition;door" is the first of them that the note has a time of), `every_min` the interval between doses
("3-5 until outcome").
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, cast

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.patterns.prefilter import Prefilter
from edscribe_pipelines.clinical.records import Severity
from edscribe_pipelines.tables import read_table, table_cache

Naming = Literal["trigger", "enacted", "named"]
"""How a note names a protocol: by its diagnosis, by an act that starts it, or by a word that alone starts nothing."""
Role = Literal["evidence", "applies_if", "event", "order_unless"]


class Interval(NamedTuple):
    """Minutes between doses, until the step `until` has happened."""

    low: int
    high: int
    until: str | None


class Step(NamedTuple):
    key: str
    name: str
    is_act: bool
    is_conditional: bool
    before: tuple[str, ...]
    after: tuple[str, ...]
    within_min: int | None
    anchors: tuple[str, ...]
    every: Interval | None
    severity: Severity
    citation: str


class Protocol(NamedTuple):
    """Its steps are not asked for where the protocol that it `yields_to` is invoked: an arrest needs no induction."""

    name: str
    rule: str
    trigger_exclude: re.Pattern[str]
    may_exclude: Prefilter
    yields_to: str
    citation: str
    steps: dict[str, Step]
    patterns: PatternSet[tuple[str, Role]]


_INTERVAL = re.compile(r"(?P<low>\d+)-(?P<high>\d+)(?: until (?P<until>\w+))?")


@table_cache
def protocols() -> dict[str, Protocol]:
    rows: dict[str, list[dict[str, str]]] = {}
    for row in read_table("protocol_steps.csv"):
        rows.setdefault(row["protocol"], []).append(row)
    return {
        row["protocol"]: Protocol(
            row["protocol"],
            f"protocol.{row['protocol'].casefold().replace(' ', '_')}",
            re.compile(row["trigger_exclude"], re.I),
            Prefilter([row["trigger_exclude"]], {}),
            row["yields_to"],
            f"{row['source']} ({row['year']})",
            {step["key"]: _step(step) for step in rows.get(row["protocol"], ())},
            PatternSet(pattern for step in rows.get(row["protocol"], ()) for pattern in _patterns(step)),
        )
        for row in read_table("protocols.csv")
    }


@table_cache
def namings() -> PatternSet[tuple[str, Naming]]:
    """What names a protocol, for all of them in one scan."""
    kinds: tuple[Naming, ...] = ("trigger", "enacted", "named")
    rows = read_table("protocols.csv")
    return PatternSet(((row["protocol"], kind), row[kind]) for row in rows for kind in kinds if row[kind])


def _step(row: dict[str, str]) -> Step:
    order = [place.split(":") for place in row["order"].split(";") if place]
    return Step(
        key=row["key"],
        name=row["step"],
        is_act=row["kind"] == "act",
        is_conditional=bool(row["applies_if"]),
        before=tuple(other for place, other in order if place == "before"),
        after=tuple(other for place, other in order if place == "after"),
        within_min=int(row["within_min"]) if row["within_min"] else None,
        anchors=tuple(filter(None, row["from"].split(";"))),
        every=_interval(row["every_min"]),
        severity=cast(Severity, row["severity"]),
        citation=f"{row['source']} ({row['year']})",
    )


def _interval(cell: str) -> Interval | None:
    match = _INTERVAL.fullmatch(cell)
    return Interval(int(match["low"]), int(match["high"]), match["until"]) if match else None


def _patterns(row: dict[str, str]) -> list[tuple[tuple[str, Role], str]]:
    cells: dict[Role, str] = {
        "evidence": row["evidence"],
        "applies_if": row["applies_if"],
        "event": row["event"] or row["evidence"],
        "order_unless": row["order_unless"],
    }
    return [((row["key"], role), cell) for role, cell in cells.items() if cell]

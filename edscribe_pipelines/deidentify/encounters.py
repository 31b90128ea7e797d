"""Encounters without identifiers: notes and excerpts through the remover, free text of facts through its shapes.

Facts are short and repeat (a pharmacy's names, a coding system's titles), and rules that read context would
harm them: "Foley" is a catheter there. So a fact loses only what has the shape of an identifier, or is one
that the record names, and rows without a note, excerpts or known identifiers are worked on by distinct value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import polars as pl

from edscribe_pipelines.clinical.records import (
    DeidentifiedNote,
    Identifier,
    PhiEncounter,
    polars_schema,
    rows_of,
    to_frame,
)
from edscribe_pipelines.deidentify.checking.gate import phi_findings, verdict
from edscribe_pipelines.deidentify.finding.known import KnownIdentifiers
from edscribe_pipelines.deidentify.finding.rules import phi_rules
from edscribe_pipelines.deidentify.finding.spans import Span, count_by_type, settle, tag
from edscribe_pipelines.deidentify.remover import Remover

OLDEST_AGE = 90
"""Stands for "90 or older": Safe Harbor lets ages over 89 out only as one class, 45 CFR 164.514(b)(2)(i)(C)."""

_COLUMNS = ("chief_complaint", "arrival_transport", "disposition")
_LISTED = {
    "home_medications": "name",
    "dispensed": "name",
    "administered": "name",
    "diagnoses": "title",
    "vitals": "rhythm",
}
"""The free text of facts: columns, and the field of each list of structs."""

_ROW = "_row"
_STAYS_IN_PHI_ZONE = ("arrival_time", "source_ids", "known_identifiers")


def deidentify_encounters(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `PhiEncounter` rows as `DeidentifiedNote` rows, in the same order.

    A row that the gate stops keeps its ids and numbers and loses its note, its excerpts and the free text of its facts.
    """
    numbered = frame.with_row_index(_ROW)
    quiet = _is_quiet(_suspicious_values(frame))
    parts, others = [_quiet_rows(numbered.filter(quiet))], numbered.filter(~quiet)
    if others.height:
        parts.append(_other_rows(others))
    return pl.concat(parts).sort(_ROW).drop(_ROW)


def _suspicious_values(frame: pl.DataFrame) -> list[str]:
    columns = [frame[name] for name in _COLUMNS]
    columns += [frame[name].explode().struct.field(field) for name, field in _LISTED.items()]
    values = pl.concat([column.rename("value").unique() for column in columns]).unique().drop_nulls()
    return [value for value in values if phi_findings(value, []) or any(_shapes(value))]


def _is_quiet(suspicious: list[str]) -> pl.Expr:
    """Return whether nothing in a row asks for a look at the row itself."""
    empty = [pl.col(name).list.len() == 0 for name in ("known_identifiers", "excerpts")]
    silent = pl.all_horizontal(pl.col("note").is_null(), *empty)
    in_columns = [pl.col(name).is_in(suspicious).fill_null(False) for name in _COLUMNS]
    in_lists = [
        pl.col(name).list.eval(pl.element().struct.field(field).is_in(suspicious)).list.any().fill_null(False)
        for name, field in _LISTED.items()
    ]
    return silent & ~pl.any_horizontal(*in_columns, *in_lists)


def _quiet_rows(numbered: pl.DataFrame) -> pl.DataFrame:
    schema = polars_schema(DeidentifiedNote)
    return numbered.with_columns(
        pl.col("age_years").clip(upper_bound=OLDEST_AGE),
        pl.lit([], dtype=schema["phi_spans_removed"]).alias("phi_spans_removed"),
        pl.lit("pass").alias("phi_gate"),
        pl.lit([], dtype=schema["phi_gate_rules"]).alias("phi_gate_rules"),
    ).select(_ROW, *schema)


def _other_rows(numbered: pl.DataFrame) -> pl.DataFrame:
    remover = Remover()
    rows = [_without_phi(row, remover) for row in rows_of(PhiEncounter, numbered.drop(_ROW))]
    return to_frame(DeidentifiedNote, rows).select(numbered[_ROW], pl.all())


def _without_phi(row: PhiEncounter, remover: Remover) -> DeidentifiedNote:
    known = [*row["known_identifiers"], *row["source_ids"]]
    removed: list[Span] = []
    clean: dict[str, Any] = {name: value for name, value in row.items() if name not in _STAYS_IN_PHI_ZONE}
    if clean["age_years"] is not None:
        clean["age_years"] = min(clean["age_years"], OLDEST_AGE)
    _change_narrative(clean, lambda text: _clean_narrative(text, known, remover, removed))
    in_facts = KnownIdentifiers(known)
    _change_facts(clean, lambda value: _clean_fact(value, in_facts, removed))
    findings = phi_findings("\n".join(_texts(clean)), known)
    if findings:
        _empty(clean)
    clean["phi_spans_removed"] = count_by_type(removed)
    clean["phi_gate"] = verdict(findings)
    clean["phi_gate_rules"] = findings
    return cast(DeidentifiedNote, clean)


def _shapes(value: str) -> Iterator[Span]:
    return (find for rule in phi_rules() if rule.strength == "shape" for find in rule.finds(value))


def _clean_narrative(text: str, known: Sequence[Identifier], remover: Remover, removed: list[Span]) -> str:
    clean = remover.remove(text, known)
    removed.extend(clean.spans)
    return clean.text


def _clean_fact(value: str, known: KnownIdentifiers, removed: list[Span]) -> str:
    spans = settle([*_shapes(value), *known.finds(value)], value)
    removed.extend(spans)
    for span in reversed(spans):
        value = value[: span.start] + tag(span.type) + value[span.end :]
    return value


def _change_narrative(row: dict[str, Any], change: Callable[[str], str]) -> None:
    row["note"] = row["note"] and change(row["note"])
    row["excerpts"] = [{**excerpt, "text": change(excerpt["text"])} for excerpt in row["excerpts"]]


def _change_facts(row: dict[str, Any], change: Callable[[str], str]) -> None:
    for name in _COLUMNS:
        row[name] = row[name] and change(row[name])
    for name, field in _LISTED.items():
        row[name] = [{**item, field: item[field] and change(item[field])} for item in row[name]]


def _texts(row: dict[str, Any]) -> Iterator[str]:
    facts = [row[name] for name in _COLUMNS]
    facts += [item[field] for name, field in _LISTED.items() for item in row[name]]
    narrative = [row["note"], *(excerpt["text"] for excerpt in row["excerpts"])]
    yield from (text for text in (*narrative, *facts) if text)


def _empty(row: dict[str, Any]) -> None:
    row["note"] = None
    row["excerpts"] = []
    row.update(dict.fromkeys(_COLUMNS))
    row.update({name: [] for name in _LISTED})

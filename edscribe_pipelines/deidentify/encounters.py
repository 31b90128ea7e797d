"""Encounters without identifiers: notes and excerpts through the remover, free text of facts through its shapes.

Facts are short and repeat (a pharmacy's names, a coding system's titles), and rules that read context would
harm them: "Foley" is a catheter there. So a fact loses only what has the shape of an identifier, or is one
that the record names, and rows without a note, excerpts or known identifiers are worked on by distinct value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, cast

import polars as pl

from edscribe_pipelines.clinical.records import (
    DeidentifiedNote,
    Identifier,
    PhiEncounter,
    polars_schema,
    rows_of,
    to_frame,
)
from edscribe_pipelines.deidentify.audit import AuditRow, audit_rows
from edscribe_pipelines.deidentify.checking.doubt import withheld_for
from edscribe_pipelines.deidentify.checking.gate import phi_findings, stands_in, verdict
from edscribe_pipelines.deidentify.finding.known import KnownIdentifiers
from edscribe_pipelines.deidentify.finding.rules import find_shapes
from edscribe_pipelines.deidentify.finding.spans import Span, count_by_type, settle
from edscribe_pipelines.deidentify.remover import Note, Remover
from edscribe_pipelines.deidentify.replacing.replacement import Replacement
from edscribe_pipelines.deidentify.review.decisions import UNDECIDED, Decisions

OLDEST_AGE = 90
"""Stands for "90 or older": Safe Harbor lets ages over 89 out only as one class, 45 CFR 164.514(b)(2)(i)(C)."""

_COLUMNS = ("chief_complaint", "arrival_transport", "disposition")
_LISTED = {
    "home_medications": "name",
    "dispensed": "name",
    "administered": "name",
    "confirmed_doses": "name",
    "diagnoses": "title",
    "vitals": "rhythm",
}
"""The free text of facts: columns, and the field of each list of structs."""

_ROW = "_row"
_STAYS_IN_PHI_ZONE = ("arrival_time", "source_ids", "known_identifiers")
_ROWS_AT_ONCE = 64
"""Rows whose notes the remover reads together."""

_TAGS = Replacement()
"""What the gate looks at, whatever is released: a surrogate looks like what it stands for."""


class Cleaned(NamedTuple):
    """`DeidentifiedNote` rows in the order of the encounters, and an `AuditRow` for each span they lost."""

    rows: pl.DataFrame
    audit: pl.DataFrame


@dataclass(frozen=True)
class _Field:
    """One text of a row as it was, and what it loses; `name` is its place in the row."""

    name: str
    text: str
    spans: Sequence[Span]
    is_narrative: bool = False


def deidentify_encounters(
    frame: pl.DataFrame,
    audit_key: bytes,
    how: Replacement = _TAGS,
    make_remover: Callable[[], Remover] = Remover,
    decisions: Decisions = UNDECIDED,
) -> Cleaned:
    """Return `PhiEncounter` rows without PHI. The remover, which loads slowly, is made only where a row needs it.

    A row that the gate stops keeps its ids and numbers and loses its note, its excerpts and the free text of its facts.
    `decisions` are a person's about what the gate doubted before.
    """
    numbered = frame.with_row_index(_ROW)
    quiet = _is_quiet(_suspicious_values(frame))
    parts, others = [_quiet_rows(numbered.filter(quiet))], numbered.filter(~quiet)
    audit: list[AuditRow] = []
    if others.height:
        cleaning = _Cleaning(how, make_remover(), decisions, audit_key, audit)
        rows = list(cleaning.rows(rows_of(PhiEncounter, others.drop(_ROW))))
        parts.append(to_frame(DeidentifiedNote, rows).select(others[_ROW], pl.all()))
    return Cleaned(pl.concat(parts).sort(_ROW).drop(_ROW), to_frame(AuditRow, audit))


def detections_in(released: pl.DataFrame, source: pl.DataFrame) -> int:
    """Return in how many `released` rows, as they were stored, the gate finds something besides their stand-ins;
    `source` are their `PhiEncounter` rows."""
    named = source.select("encounter_id", "known_identifiers", "source_ids")
    rows = released.join(named, on="encounter_id", how="left", maintain_order="left")
    loud = rows.filter(~_is_quiet(_suspicious_values(released)))
    return sum(map(_is_detected, loud.iter_rows(named=True)))


def _is_detected(row: Mapping[str, Any]) -> bool:
    text = "\n".join(text for _, text in (*narratives_of(row), *_facts(row)))
    return bool(phi_findings(text, [*row["known_identifiers"], *row["source_ids"]], row["stand_ins"]))


def _suspicious_values(frame: pl.DataFrame) -> list[str]:
    columns = [frame[name] for name in _COLUMNS]
    columns += [frame[name].explode().struct.field(field) for name, field in _LISTED.items()]
    values = pl.concat([column.rename("value").unique() for column in columns]).unique().drop_nulls()
    return [value for value in values if phi_findings(value, []) or any(find_shapes(value))]


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
        *(pl.lit([], dtype=schema[name]).alias(name) for name in ("phi_gate_rules", "stand_ins")),
    ).select(_ROW, *schema)


@dataclass(frozen=True)
class _Cleaning:
    """How rows lose PHI; what they lost is added to `audit`."""

    how: Replacement
    remover: Remover
    decisions: Decisions
    audit_key: bytes
    audit: list[AuditRow]

    def rows(self, rows: Iterable[PhiEncounter]) -> Iterator[DeidentifiedNote]:
        rows = iter(rows)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            for row, fields in zip(some, self._fields(some), strict=True):
                for field in fields:
                    self.audit.extend(
                        audit_rows(row["encounter_id"], field.name, field.text, field.spans, self.audit_key)
                    )
                yield self._without_phi(row, fields)

    def _fields(self, rows: Sequence[PhiEncounter]) -> Iterator[list[_Field]]:
        """Yield the texts of each row: narrative as the remover reads it, facts by their shapes."""
        narratives = [dict(narratives_of(row)) for row in rows]
        confirmed = self.decisions.identifiers
        notes = [
            Note(text, _known(row), confirmed=confirmed(text))
            for row, texts in zip(rows, narratives, strict=True)
            for text in texts.values()
        ]
        removed = iter(self.remover.remove_all(notes))
        for row, texts in zip(rows, narratives, strict=True):
            in_facts = KnownIdentifiers(_known(row))
            narrative = [_Field(name, text, next(removed).spans, True) for name, text in texts.items()]
            yield narrative + [_Field(name, text, _fact_spans(text, in_facts)) for name, text in _facts(row)]

    def _without_phi(self, row: PhiEncounter, fields: Sequence[_Field]) -> DeidentifiedNote:
        clean: dict[str, Any] = {name: value for name, value in row.items() if name not in _STAYS_IN_PHI_ZONE}
        if clean["age_years"] is not None:
            clean["age_years"] = min(clean["age_years"], OLDEST_AGE)
        year = int(row["arrival_time"][:4]) if row["arrival_time"] else None
        tagged = [_TAGS.apply(field.text, field.spans, row["patient_key"], year) for field in fields]
        findings = phi_findings("\n".join(tagged), _known(row))
        narratives = [field for field in fields if field.is_narrative]
        findings += dict.fromkeys(rule for field in narratives for rule in self._withheld_for(field))
        released, stand_ins = (tagged, []) if findings else self._released(row, fields, tagged, year)
        if findings:
            _empty(clean)
        else:
            _put(clean, {field.name: text for field, text in zip(fields, released, strict=True)})
        clean["phi_spans_removed"] = count_by_type(span for field in fields for span in field.spans)
        clean["phi_gate"] = verdict(findings)
        clean["phi_gate_rules"] = findings
        clean["stand_ins"] = stand_ins
        return cast(DeidentifiedNote, clean)

    def _released(
        self, row: PhiEncounter, fields: Sequence[_Field], tagged: list[str], year: int | None
    ) -> tuple[list[str], list[str]]:
        """Return the texts as they are released, and the stand-ins in them, none of which stood in the row.

        Where an invented value happens to be one of the record's, tags stay: nobody could tell the two apart.
        """
        if self.how == _TAGS:
            return tagged, []
        values = {field.text[span.start : span.end] for field in fields for span in field.spans}
        avoid = values.union(identifier["value"] for identifier in _known(row))
        replaced = [self.how.replace(each.text, each.spans, row["patient_key"], year, avoid) for each in fields]
        source = "\n".join(field.text for field in fields)
        stand_ins = sorted({each for one in replaced for each in one.stand_ins if not stands_in(source, each)})
        released = [one.text for one in replaced]
        if phi_findings("\n".join(released), _known(row), stand_ins):
            return tagged, []
        return released, stand_ins

    def _withheld_for(self, field: _Field) -> list[str]:
        return withheld_for(field.text, field.spans, self.decisions.struck(field.text))


def _known(row: PhiEncounter) -> list[Identifier]:
    return [*row["known_identifiers"], *row["source_ids"]]


def narratives_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the note and the excerpts of a row, each with its place in the row."""
    if row["note"]:
        yield "note", row["note"]
    for number, excerpt in enumerate(row["excerpts"]):
        yield f"excerpts.{number}", excerpt["text"]


def _facts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _COLUMNS:
        if row[name]:
            yield name, row[name]
    for name, field in _LISTED.items():
        yield from ((f"{name}.{number}", item[field]) for number, item in enumerate(row[name]) if item[field])


def _fact_spans(value: str, known: KnownIdentifiers) -> tuple[Span, ...]:
    return settle([*find_shapes(value), *known.finds(value)], value)


def _put(row: dict[str, Any], texts: Mapping[str, str]) -> None:
    """Put `texts`, by their places, into `row` instead of what stood there."""
    row["note"] = texts.get("note", row["note"])
    row["excerpts"] = [{**each, "text": texts[f"excerpts.{i}"]} for i, each in enumerate(row["excerpts"])]
    row.update({name: texts.get(name, row[name]) for name in _COLUMNS})
    for name, field in _LISTED.items():
        row[name] = [{**item, field: texts.get(f"{name}.{i}", item[field])} for i, item in enumerate(row[name])]


def _empty(row: dict[str, Any]) -> None:
    row["note"] = None
    row["excerpts"] = []
    row.update(dict.fromkeys(_COLUMNS))
    row.update({name: [] for name in _LISTED})

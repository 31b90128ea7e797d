"""Protocols that a note mentions, and their steps that it does not.

Rows of `tables/protocols.csv` (what names a protocol, what only denies it) and
`tables/protocol_steps.csv` (what shows a step, and when the step applies at all). A missing step is
missing from the note, not necessarily from the care: it warns and never keeps a note out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from edscribe_pipelines.clinical.medications.mentions import NOT_ED_SECTIONS
from edscribe_pipelines.clinical.reading.note import section_spans
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.clinical.tables import read_table, table_cache


@dataclass(frozen=True)
class ProtocolStep:
    name: str
    evidence: re.Pattern[str]
    applies_if: re.Pattern[str]
    citation: str


@dataclass(frozen=True)
class Protocol:
    """A protocol is mentioned where `trigger` matches outside every match of `trigger_exclude`."""

    name: str
    trigger: re.Pattern[str]
    trigger_exclude: re.Pattern[str]
    steps: tuple[ProtocolStep, ...]


@table_cache
def protocols() -> tuple[Protocol, ...]:
    steps: dict[str, list[ProtocolStep]] = {}
    for row in read_table("protocol_steps.csv"):
        step = ProtocolStep(
            row["step"], _pattern(row["evidence"]), _pattern(row["applies_if"]), f"{row['source']} ({row['year']})"
        )
        steps.setdefault(row["protocol"], []).append(step)
    return tuple(
        Protocol(
            row["protocol"], _pattern(row["trigger"]), _pattern(row["trigger_exclude"]), tuple(steps[row["protocol"]])
        )
        for row in read_table("protocols.csv")
    )


def _pattern(cell: str) -> re.Pattern[str]:
    return re.compile(cell, re.I)


def protocols_mentioned(note: str) -> list[str]:
    """Return the names of the protocols that the note mentions as this visit's."""
    return [protocol.name for protocol in protocols() if _first_mention(protocol, note)]


def protocols_in(notes: pl.Series) -> pl.Series:
    """Return `protocols_mentioned` of each note, in far less time: only the words of a trigger are read closely."""
    anywhere = "|".join(_for_polars(protocol.trigger) for protocol in protocols())
    likely = pl.DataFrame({"note": notes}).with_row_index("row").filter(pl.col("note").str.contains(anywhere))
    mentions = [_mentions(protocol, likely) for protocol in protocols()]
    names = pl.concat(mentions).group_by("row", maintain_order=True).agg("protocol")
    rows = pl.DataFrame({"row": pl.int_range(len(notes), dtype=pl.UInt32, eager=True)})
    return rows.join(names, on="row", how="left", maintain_order="left")["protocol"].fill_null([])


def _mentions(protocol: Protocol, notes: pl.DataFrame) -> pl.DataFrame:
    triggered = notes.filter(pl.col("note").str.contains(_for_polars(protocol.trigger)))
    mentioned = pl.Series([_first_mention(protocol, note) is not None for note in triggered["note"]], dtype=pl.Boolean)
    return triggered.filter(mentioned).select("row", protocol=pl.lit(protocol.name))


def _for_polars(pattern: re.Pattern[str]) -> str:
    return f"(?i:{pattern.pattern})"


def _first_mention(protocol: Protocol, note: str) -> re.Match[str] | None:
    return next((match for match in protocol.trigger.finditer(note) if not _is_denied(match, protocol)), None)


def _is_denied(mention: re.Match[str], protocol: Protocol) -> bool:
    """Whether the mention lies in a denial, which never reaches over the end of a line, or in the history."""
    note, (start, end) = mention.string, mention.span()
    line_start, line_end = note.rfind("\n", 0, start) + 1, f"{note}\n".index("\n", end)
    denials = [match.span() for match in protocol.trigger_exclude.finditer(note, line_start, line_end)]
    history = [(low, high) for section, low, high in section_spans(note) if section in NOT_ED_SECTIONS]
    return any(low <= start and end <= high for low, high in denials + history)


def check_protocols(note: str, *, source_holds_steps: bool = True) -> list[Finding]:
    """Return one finding for each mentioned protocol with steps that the note does not show.

    It is information only where the note's source cannot hold the steps, such as structured rows.
    """
    findings = []
    for protocol in protocols():
        mention = _first_mention(protocol, note)
        missing = [step for step in protocol.steps if _is_missing(step, note)] if mention else []
        if mention and missing:
            findings.append(
                Finding(
                    rule=f"protocol.{protocol.name.casefold().replace(' ', '_')}.steps",
                    severity="warning" if source_holds_steps else "information",
                    section=None,
                    start=mention.start(),
                    end=mention.end(),
                    message=f"{protocol.name}: not found in the note: {'; '.join(step.name for step in missing)}.",
                    citation="; ".join(dict.fromkeys(step.citation for step in missing)),
                )
            )
    return findings


def _is_missing(step: ProtocolStep, note: str) -> bool:
    return bool(step.applies_if.search(note)) and not step.evidence.search(note)

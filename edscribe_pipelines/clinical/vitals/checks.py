"""Vital signs: what can be true of an adult, and what is true but must be addressed.

Limits are rows of `tables/vital_limits.csv`, each with source, year and status. `check_vitals` holds the
vital signs that a note mentions to them; crying at a dose, a date or a target is worse here than missing
a number in an unusual phrase, because a critical finding keeps the note out of the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from edscribe_pipelines.clinical.records import Finding, Severity
from edscribe_pipelines.clinical.tables import read_table, table_cache
from edscribe_pipelines.clinical.vitals.mentions import VitalMention, vital_mentions


@dataclass(frozen=True)
class VitalLimit:
    """Bounds of one vital sign in `unit`; None where there is none. The possible bounds themselves are
    possible, the alarming bounds themselves alarm, as in NEWS2."""

    field: str
    label: str
    unit: str
    possible_low: float
    possible_high: float
    alarming_low: float | None
    alarming_high: float | None
    citation: str


@table_cache
def vital_limits() -> dict[str, VitalLimit]:
    """Return the limits by the field of `records.VitalSigns` (and `gcs_total`)."""
    return {
        row["field"]: VitalLimit(
            field=row["field"],
            label=row["label"],
            unit=row["unit"],
            possible_low=float(row["possible_low"]),
            possible_high=float(row["possible_high"]),
            alarming_low=_number(row["alarming_low"]),
            alarming_high=_number(row["alarming_high"]),
            citation=f"{row['source']} ({row['year']})",
        )
        for row in read_table("vital_limits.csv")
    }


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


_REVERSED = "A diastolic pressure is the lowest of the beat, so below the systolic one, by definition"
_PAIN = "pain_0_10"
"""Not judged: "pain 12/10" is what patients say."""
_NO_CIRCULATION = re.compile(r"\b(?:arrest|asystol|pulseless|apne|expired|deceased|time of death|ROSC)", re.I)


def check_vitals(note: str) -> list[Finding]:
    """Return a critical finding for each vital sign of the note that cannot be true and a warning for
    each that is alarming, in the order of the note."""
    judged = (mention for mention in vital_mentions(note) if mention.field != _PAIN)
    places = groupby(judged, key=attrgetter("start", "end"))
    return [finding for _, said in places for finding in _judged(note, list(said))]


def _judged(note: str, said: list[VitalMention]) -> Iterator[Finding]:
    """Yield what is wrong with one vital sign, or with the two of a blood pressure."""
    if are_reversed(said):
        yield _finding(
            "vital.pressures_reversed", "critical", said[0], "Diastolic pressure not below systolic.", _REVERSED
        )
        return
    for mention in said:
        yield from _held_to_limit(note, mention)


def are_reversed(said: Sequence[VitalMention]) -> bool:
    """Whether two pressures have the diastolic not below the systolic; where none is felt (0/0) none is reversed."""
    return len(said) == 2 and said[1].value >= said[0].value > 0


def _held_to_limit(note: str, mention: VitalMention) -> Iterator[Finding]:
    field, value = mention.field, mention.value
    limit = vital_limits()[field]
    if value == 0 and _NO_CIRCULATION.search(note):
        return
    if not limit.possible_low <= value <= limit.possible_high:
        message = (
            f"{limit.label.capitalize()} outside {limit.possible_low:g} to {limit.possible_high:g} {limit.unit} "
            "cannot be true."
        )
        yield _finding(f"vital.{field}.impossible", "critical", mention, message, limit.citation)
    elif limit.alarming_low is not None and value <= limit.alarming_low:
        message = f"{limit.label.capitalize()} at or below {limit.alarming_low:g} {limit.unit}: to be addressed."
        yield _finding(f"vital.{field}.alarming", "warning", mention, message, limit.citation)
    elif limit.alarming_high is not None and value >= limit.alarming_high:
        message = f"{limit.label.capitalize()} at or above {limit.alarming_high:g} {limit.unit}: to be addressed."
        yield _finding(f"vital.{field}.alarming", "warning", mention, message, limit.citation)


def _finding(rule: str, severity: Severity, mention: VitalMention, message: str, citation: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        section=None,
        start=mention.start,
        end=mention.end,
        message=message,
        citation=citation,
    )

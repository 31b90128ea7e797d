"""How a drug offends an allergy: it is the drug, holds it, is of its class, or of a class that may cross-react.

Rows of `tables/allergy_classes.csv`. `severity` is that of a member given against an allergy to the class by its name,
`between` that of one given against an allergy to another member; empty is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

from edscribe_pipelines.clinical.records import Severity
from edscribe_pipelines.tables import read_table, table_cache

_ITSELF = "(the drug itself)"
_GRAVEST_LAST = ("information", "warning", "critical")


class Offence(NamedTuple):
    """`severity` where the allergy is true and plainly told."""

    severity: Severity
    how: str
    citation: str


class _Rows(NamedTuple):
    """`classes` of a drug and `crossing` of a class, by their rows; `itself` is the row of the drug itself."""

    classes: dict[str, dict[str, dict[str, str]]]
    crossing: dict[str, dict[str, dict[str, str]]]
    itself: list[dict[str, str]]


def offence_of(drug: str, allergen: str) -> Offence | None:
    """Return how a drug offends an allergy to a drug or class, the gravest way."""
    return max(_offences(drug, allergen), key=lambda each: _GRAVEST_LAST.index(each.severity), default=None)


def are_related(drug: str, other: str) -> bool:
    """Whether one drug says something about how the other is borne: the same, or of one class."""
    own, others = _rows().classes.get(drug, {}), {other, *_rows().classes.get(other, {})}
    return bool(holds(drug) & holds(other)) or any(name in others for name in own)


def holds(drug: str) -> set[str]:
    """Return the drug and, of a combination ("oxycodone-acetaminophen"), its ingredients."""
    return {drug, *drug.split("-")}


def _offences(drug: str, allergen: str) -> Iterator[Offence]:
    rows = _rows()
    own, others = rows.classes.get(drug, {}), rows.classes.get(allergen, {})
    if holds(drug) & holds(allergen):
        how = "the drug of a stated allergy" if drug == allergen else _HOLDS
        stated = [row for row in (own.get(drug), own.get(allergen), *rows.itself) if row]
        yield from (_offence(row, "severity", how) for row in stated[:1])
    elif allergen in own:
        yield _offence(own[allergen], "severity", _OF_CLASS)
    shared = (own[name] for name in own if name in others and name != drug)
    yield from (_offence(row, "between", _OF_CLASS) for row in shared if row["between"])
    for name in (allergen, *others):
        for crossed, row in rows.crossing.get(name, {}).items():
            if crossed in own:
                yield _offence(row, "severity", "of a class that may cross-react with a stated allergy")


_OF_CLASS = "of the class of a stated allergy"
_HOLDS = "which holds the drug of a stated allergy"


def _offence(row: dict[str, str], column: str, how: str) -> Offence:
    return Offence(cast(Severity, row[column]), how, f"{row['source']} ({row['year']})")


@table_cache
def _rows() -> _Rows:
    rows = _Rows({}, {}, [])
    for row in read_table("allergy_classes.csv"):
        if row["class"] == _ITSELF:
            rows.itself.append(row)
        elif row["cross_class"]:
            rows.crossing.setdefault(row["class"], {})[row["cross_class"]] = row
        else:
            rows.classes.setdefault(row["member"], {})[row["class"]] = row
    return rows

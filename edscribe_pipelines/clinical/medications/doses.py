"""Doses that a note says were given or ordered in the ED, held to the limits of `tables/dose_limits.csv`.

A finding here can keep a note out of the corpus, so rows without a source (status draft) only warn, and a
limit holds for the routes and the indication of its row. Doses per kg are not judged: a note seldom
states the weight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from edscribe_pipelines.clinical.medications.mentions import NOT_ED_SECTIONS, DoseMention, dose_mentions
from edscribe_pipelines.clinical.reading.note import section_spans
from edscribe_pipelines.clinical.records import Finding, Severity
from edscribe_pipelines.clinical.tables import read_table, table_cache

_ALL_IN_MG = "(any dosed in mg)"
_AMOUNTS = {"single": "dose", "total": "total of the doses", "written": "amount as written"}
_MILLIGRAMS = {"mcg": 0.001, "mg": 1.0, "g": 1000.0, "units": 1.0}
"""Units are compared with units only; no limit is in mEq."""

_HEDGE_BEFORE = re.compile(
    r"\b(?:no|not|denies|without|negative for|r/o|rule out|ruled out|low suspicion (?:for|of)|unlikely|doubt|"
    r"history of|h/o|prior|previous|family history of)\b[^.;\n]{0,30}$",
    re.I,
)
_HEDGE_AFTER = re.compile(r"[^.;\n]{0,20}\b(?:unlikely|ruled out|excluded|less likely|not suspected|negative)\b", re.I)


@dataclass(frozen=True)
class DoseLimit:
    """One row of `tables/dose_limits.csv`; `kind` says of which amount (`_AMOUNTS`)."""

    routes: frozenset[str]
    indication: str
    except_indications: frozenset[str]
    kind: str
    maximum: float
    unit: str
    severity: Severity
    citation: str


def check_doses(note: str) -> list[Finding]:
    """Return a finding for each dose above a limit, in the order of the note."""
    mentions = [said for said in dose_mentions(note) if said.drug in dose_limits() and said.unit in _MILLIGRAMS]
    if not mentions:
        return []
    indications = _indications(note)
    exceeded = ((mention, _exceeded(mention, indications)) for mention in mentions)
    return [_finding(mention, limit) for mention, limit in exceeded if limit]


@table_cache
def dose_limits() -> dict[str, tuple[DoseLimit, ...]]:
    """Return the limits by drug; those of all drugs dosed in mg are among each such drug's."""
    limits: dict[str, list[DoseLimit]] = {}
    for row in read_table("dose_limits.csv"):
        limits.setdefault(row["drug"], []).append(_limit(row))
    for_all_in_mg = limits.pop(_ALL_IN_MG)
    for rows in limits.values():
        if any(limit.unit == "mg" for limit in rows):
            rows.extend(for_all_in_mg)
    return {drug: tuple(rows) for drug, rows in limits.items()}


def _limit(row: dict[str, str]) -> DoseLimit:
    return DoseLimit(
        routes=frozenset(row["routes"].split(";")),
        indication=row["indication"],
        except_indications=frozenset(filter(None, row["except_indication"].split(";"))),
        kind=row["kind"],
        maximum=float(row["maximum"]),
        unit=row["unit"],
        severity="critical" if row["severity"] == "critical" else "warning",
        citation=f"{row['source']} ({row['year']})",
    )


def _exceeded(mention: DoseMention, indications: frozenset[str]) -> DoseLimit | None:
    """Return the gravest limit that the dose exceeds."""
    limits = [limit for limit in dose_limits().get(mention.drug, ()) if _holds(limit, mention.route, indications)]
    for severity, kind in product(("critical", "warning"), _AMOUNTS):
        governing = _governing([limit for limit in limits if (limit.severity, limit.kind) == (severity, kind)])
        if governing and _exceeds(mention, governing):
            return governing
    return None


def _holds(limit: DoseLimit, route: str, indications: frozenset[str]) -> bool:
    if limit.except_indications & indications or limit.indication not in indications | {"any"}:
        return False
    return route in limit.routes or "any" in limit.routes


def _governing(limits: list[DoseLimit]) -> DoseLimit | None:
    """Return the widest limit for an indication of the note, else the widest of the general ones."""
    specific = [limit for limit in limits if limit.indication != "any"]
    return max(specific or limits, key=lambda limit: limit.maximum * _MILLIGRAMS[limit.unit], default=None)


def _exceeds(mention: DoseMention, limit: DoseLimit) -> bool:
    if (mention.unit == "units") != (limit.unit == "units") or (mention.is_total and limit.kind == "single"):
        return False
    if limit.kind == "written":
        return mention.unit == limit.unit and mention.amount > limit.maximum
    given = mention.amount * (mention.times if limit.kind == "total" else 1)
    return given * _MILLIGRAMS[mention.unit] > limit.maximum * _MILLIGRAMS[limit.unit] * (1 + 1e-9)


def _finding(mention: DoseMention, limit: DoseLimit) -> Finding:
    indication = "" if limit.indication == "any" else f", {limit.indication.replace('_', ' ')}"
    routes = ", ".join(sorted(limit.routes)).replace("any", "any route").replace("unstated", "route not stated")
    return Finding(
        rule=f"dose.{mention.drug.replace(' ', '_')}.{limit.kind}",
        severity=limit.severity,
        section=None,
        start=mention.start,
        end=mention.end,
        message=f"{mention.drug.capitalize()}: {_AMOUNTS[limit.kind]} above {limit.maximum:g} {limit.unit} "
        f"({routes}{indication}).",
        citation=limit.citation,
    )


def _indications(note: str) -> frozenset[str]:
    """Return the indications that the note gives without hedging, outside history and home medications."""
    elsewhere = [span for span in section_spans(note) if span.section in NOT_ED_SECTIONS]
    return frozenset(
        indication
        for indication, pattern in _indication_patterns().items()
        if any(
            not any(start <= match.start() < end for _, start, end in elsewhere)
            and not _HEDGE_BEFORE.search(note, max(0, match.start() - 60), match.start())
            and not _HEDGE_AFTER.match(note, match.end())
            for match in pattern.finditer(note)
        )
    )


@table_cache
def _indication_patterns() -> dict[str, re.Pattern[str]]:
    return {row["indication"]: re.compile(row["pattern"], re.I) for row in read_table("indications.csv")}

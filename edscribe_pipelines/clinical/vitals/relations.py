"""What vital signs of one set say of each other: pressures, the parts of a coma score, values in each other's place.

Rules are rows of `tables/vital_relations.csv`; a figure between `low` and `high` is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from operator import attrgetter
from typing import NamedTuple, cast

from edscribe_pipelines.clinical.records import Severity
from edscribe_pipelines.clinical.vitals.limits import VitalLimit, vital_limits
from edscribe_pipelines.clinical.vitals.mentions import VitalMention
from edscribe_pipelines.tables import read_table, table_cache

_GAP = 60
"""Values further apart, in characters, were hardly measured together."""
_PARTS = ("gcs_eye", "gcs_verbal", "gcs_motor")
_RATES = {"heart_rate_bpm", "respiratory_rate_bpm"}
"""Taken for each other also where both values exist: no other pair of dangerous values cannot be meant so."""
_OWN_SCALE = {"heart_rate_bpm", "respiratory_rate_bpm", "spo2_pct", "sbp_mmhg"}
"""Whole numbers that a column too far to the left or right exchanges."""


@dataclass(frozen=True)
class Relation:
    """A rule on values that were measured together. `spread` is the distance that is right, as the rule reckons it."""

    rule: str
    severity: Severity
    message: str
    citation: str
    spread: tuple[float, float] | None

    def is_broken_by(self, figure: float) -> bool:
        return self.spread is not None and not self.spread[0] <= figure <= self.spread[1]


class Conflict(NamedTuple):
    """Two places of a set that break a rule."""

    relation: Relation
    first: VitalMention
    last: VitalMention


@table_cache
def relations() -> dict[str, Relation]:
    """Return the rules by the last part of their name."""
    return {
        row["rule"]: Relation(
            f"vital.{row['rule']}",
            cast(Severity, row["severity"]),
            row["message"],
            f"{row['source']} ({row['year']})",
            (float(row["low"]), float(row["high"])) if row["low"] else None,
        )
        for row in read_table("vital_relations.csv")
    }


def sets_of(text: str, mentions: Sequence[VitalMention]) -> Iterator[list[VitalMention]]:
    """Yield the mentions in groups that were measured together: near each other, none of a vital sign twice."""
    return grouped(mentions, partial(_belongs, text))


def grouped(
    mentions: Iterable[VitalMention], belongs: Callable[[list[VitalMention], VitalMention], bool]
) -> Iterator[list[VitalMention]]:
    """Yield the mentions, in order, in groups that end before one that does not belong to them."""
    group: list[VitalMention] = []
    for mention in mentions:
        if group and not belongs(group, mention):
            yield group
            group = []
        group.append(mention)
    if group:
        yield group


def _belongs(text: str, group: list[VitalMention], mention: VitalMention) -> bool:
    gap = mention.start - group[-1].end
    return (
        gap <= _GAP
        and "\n\n" not in text[group[-1].end : mention.start]
        and all(said.field != mention.field for said in group)
    )


def are_reversed(said: Sequence[VitalMention]) -> bool:
    """Whether two pressures have the diastolic not below the systolic; where none is felt (0/0) none is reversed."""
    return (
        len(said) == 2
        and (said[0].field, said[1].field) == ("sbp_mmhg", "dbp_mmhg")
        and said[1].value >= said[0].value > 0
    )


def conflicts_of(group: Sequence[VitalMention]) -> Iterator[Conflict]:
    """Yield what the values of one set contradict in each other."""
    by_field = {mention.field: mention for mention in group}
    yield from _of_pressures(by_field)
    yield from _of_coma(by_field)
    yield from _exchanged(group)


def _of_pressures(said: dict[str, VitalMention]) -> Iterator[Conflict]:
    sbp, dbp, mean = said.get("sbp_mmhg"), said.get("dbp_mmhg"), said.get("map_mmhg")
    if sbp is None or dbp is None:
        return
    if are_reversed([sbp, dbp]):
        yield Conflict(relations()["pressures_reversed"], sbp, dbp)
        return
    if sbp.value and relations()["pulse_pressure"].is_broken_by(sbp.value - dbp.value):
        yield Conflict(relations()["pulse_pressure"], sbp, dbp)
    if mean is not None:
        yield from _of_mean(sbp, dbp, mean)


def _of_mean(sbp: VitalMention, dbp: VitalMention, mean: VitalMention) -> Iterator[Conflict]:
    outside = max(0, dbp.value - mean.value, mean.value - sbp.value)
    off = abs(mean.value - (sbp.value + 2 * dbp.value) / 3)
    if relations()["map_outside_pressures"].is_broken_by(outside):
        yield _conflict("map_outside_pressures", sbp, mean)
    elif relations()["map_off_formula"].is_broken_by(off):
        yield _conflict("map_off_formula", sbp, mean)


def _of_coma(said: dict[str, VitalMention]) -> Iterator[Conflict]:
    total, parts = said.get("gcs_total"), [said[part] for part in _PARTS if part in said]
    if total is None or total.kind != "value" or len(parts) < len(_PARTS):
        return
    if relations()["gcs_sum"].is_broken_by(total.value - sum(part.value for part in parts)):
        yield _conflict("gcs_sum", total, parts[0])


def _conflict(rule: str, one: VitalMention, other: VitalMention) -> Conflict:
    first, last = sorted((one, other), key=attrgetter("start"))
    return Conflict(relations()[rule], first, last)


def _exchanged(group: Sequence[VitalMention]) -> Iterator[Conflict]:
    """Yield pairs that are each alarming or impossible as they stand and normal in each other's place. Two dangerous
    values that both exist are left alone, except a heart rate and a respiratory rate: a shock is no exchange."""
    limits = vital_limits()
    odd = [said for said in group if said.field in _OWN_SCALE and not _is_normal(limits[said.field], said.value)]
    for first, last in combinations(odd, 2):
        one, other = limits[first.field], limits[last.field]
        if not (_is_normal(one, last.value) and _is_normal(other, first.value)):
            continue
        if not (one.is_possible(first.value) and other.is_possible(last.value)):
            yield Conflict(relations()["swapped"], first, last)
        elif {first.field, last.field} == _RATES:
            yield Conflict(replace(relations()["swapped"], severity="warning"), first, last)


def _is_normal(limit: VitalLimit, value: float) -> bool:
    return limit.is_possible(value) and limit.alarm(value) is None

"""What a row of each rule table does to a note, as the engine treats it, and which of its columns name it.

`blocks` keeps a note out of the corpus, by a critical finding or a failed gate; `warns` makes a warning at most;
`informs` makes an information, or no finding itself but decides whether another row makes one. It is the most that a
row can do: in a note whose source holds no reasoning, or behind a hedge, the same row does less.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from edscribe_pipelines.clinical.medications.limits import blocks

Effect = Literal["blocks", "warns", "informs"]

_OF_SEVERITY: dict[str, Effect] = {"critical": "blocks", "warning": "warns", "information": "informs"}
_FIGURES = ("single", "per_kg", "total", "total_per_kg", "rate")
_TIMES = ("order", "within_min", "every_min")
_NOT_JUDGED = "pain_0_10"


class RuleTable(NamedTuple):
    """`names` are the columns by which people tell its rows apart."""

    names: tuple[str, ...]
    effect: Callable[[dict[str, str]], Effect]


def _of_dose(row: dict[str, str]) -> Effect:
    figures = [column for column in _FIGURES if row[column]]
    if row["checked"] != "yes" or not figures:
        return "informs"
    return "blocks" if blocks(row) and set(figures) - set(row["usual_figures"].split(";")) else "warns"


def _of_route(row: dict[str, str]) -> Effect:
    sourced = row["status"] == "verified" and row["tier"] in ("A", "B")
    return "blocks" if row["rule"] == "never" and sourced else "warns"


def _of_vital(row: dict[str, str]) -> Effect:
    if row["field"] == _NOT_JUDGED:
        return "informs"
    return "blocks" if row["kind"] == "possible" else "warns"


def _of_score(row: dict[str, str]) -> Effect:
    if not (row["lowest"] and row["highest"]):
        return "informs"
    return "blocks" if row["status"] == "verified" else "warns"


def _of_step(row: dict[str, str]) -> Effect:
    return "warns" if row["severity"] != "information" or any(row[column] for column in _TIMES) else "informs"


def _of_rule_out(row: dict[str, str]) -> Effect:
    """The gate of decision making fails a note that addresses none of what a published list demands."""
    return "blocks" if row["status"] == "verified" else "warns"


def _of_claim(row: dict[str, str]) -> Effect:
    return "informs" if row["kind"] == "no_claim" else "blocks"


def _of_severity(row: dict[str, str]) -> Effect:
    return _OF_SEVERITY[row["severity"]]


def _blocks(_: dict[str, str]) -> Effect:
    return "blocks"


def _warns(_: dict[str, str]) -> Effect:
    return "warns"


def _informs(_: dict[str, str]) -> Effect:
    return "informs"


DOSES = "dose_limits"
RULE_TABLES: dict[str, RuleTable] = {
    DOSES: RuleTable(("drug", "route", "indication"), _of_dose),
    "drug_routes": RuleTable(("drug", "rule", "routes"), _of_route),
    "route_classes": RuleTable(("class",), _blocks),
    "reserved_routes": RuleTable(("route",), _blocks),
    "dosage_forms": RuleTable(("form",), _blocks),
    "gross_doses": RuleTable(("class", "kind"), _blocks),
    "daily_limits": RuleTable(("drug",), _blocks),
    "least_intervals": RuleTable(("class",), _blocks),
    "duplicate_classes": RuleTable(("class",), _of_severity),
    "fluid_limits": RuleTable(("kind",), _blocks),
    "home_doses": RuleTable(("drug",), _blocks),
    "child_doses": RuleTable(("drug", "routes"), _blocks),
    "child_days": RuleTable(("drug",), _blocks),
    "high_alert_drugs": RuleTable(("class",), _warns),
    "doses_with_reason": RuleTable(("drug",), _warns),
    "least_doses": RuleTable(("drug", "routes", "unit"), _warns),
    "indications": RuleTable(("indication",), _informs),
    "allergy_classes": RuleTable(("class", "member", "cross_class"), _of_severity),
    "vital_limits": RuleTable(("field", "kind"), _of_vital),
    "vital_relations": RuleTable(("rule",), _of_severity),
    "weight_limits": RuleTable(("from_years",), _warns),
    "discharge_limits": RuleTable(("field",), _blocks),
    "vital_responses": RuleTable(("field", "direction"), _informs),
    "protocols": RuleTable(("protocol",), _informs),
    "protocol_steps": RuleTable(("protocol", "key"), _of_step),
    "protocol_cues": RuleTable(("cue", "direction"), _informs),
    "complaints": RuleTable(("complaint",), _warns),
    "rule_outs": RuleTable(("complaint", "diagnosis"), _of_rule_out),
    "risk_scores": RuleTable(("score",), _of_score),
    "reasoning": RuleTable(("gate", "shows"), _informs),
    "disposition_points": RuleTable(("disposition", "point"), _warns),
    "disposition_conflicts": RuleTable(("one", "other"), _of_severity),
    "disposition_statements": RuleTable(("disposition", "only_in"), _informs),
    "disposition_hedges": RuleTable(("stands",), _informs),
    "never_home": RuleTable(("diagnosis",), _blocks),
    "opposites": RuleTable(("subject",), _of_severity),
    "care_against_values": RuleTable(("measure", "bound_by"), _of_severity),
    "care_given_although": RuleTable(("matter",), _warns),
    "care_left_out": RuleTable(("matter",), _warns),
    "care_times": RuleTable(("matter",), _warns),
    "claims": RuleTable(("kind", "claim"), _of_claim),
}
"""The tables of `clinical/tables/` whose rows have an owner, in the order of the register."""

"""How drugs are given: the right routes, what a route left unsaid is taken for, and routes that harm.

Rows of `tables/drug_routes.csv`. A route that a label or a paper forbids blocks, and so does one that the class of the
drug never takes (`route_classes.csv`), nor its form (`dosage_forms.csv`: a tablet by vein), and one that only a few
drugs take (`reserved_routes.csv`: intrathecal). One that is merely not usual warns.

What is given into the bone is held to the limits of the vein, and so is an infusion of a drug that has no limits of
its own for one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.limits import dose_limits
from edscribe_pipelines.clinical.medications.mentions import DoseMention
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Severity
from edscribe_pipelines.tables import forgotten_with_tables, read_table, table_cache

UNSTATED = "unstated"
_BY_VEIN = re.compile(r"\b(?:IV|i\.v|intraven|infus|drip|gtt)", re.I)
"""What a patch gives in an hour is a rate, and no infusion."""
_LONGEST_WORD = 16
_WORD_BEFORE = re.compile(r"(?<![\w-])[A-Za-z]+(?:-?\d\d/\d\d)?[ ]$")
_BRACKET = re.compile(
    r"(?:[ \t]+(?:push|bolus|stat|slowly|x1|once|given))*[ \t]*\([^()\n]{3,60}\)"
    r"|[ \t]*=[ \t]*[\d.]+[ \t]?mL[ \t]+of[ \t]+[\d.]+[ \t]?mg/\d*[ \t]?mL"
    r"|[ \t]+(?:of|from|using)[ \t]+(?:the[ \t]+)?[^.;,()\n]{3,40}"
)
_BEFORE, _BEHIND = 10, 25
"""Characters around a dose in which "push" still belongs to it."""


class WrongRoute(NamedTuple):
    """What is wrong, after which `row`."""

    severity: Severity
    said: str
    row: dict[str, str]


class _Routes(NamedTuple):
    right: frozenset[str]
    when_unstated: tuple[str, ...]
    row: dict[str, str]
    forbidden: tuple[_Forbidden, ...]


class _Reserved(NamedTuple):
    drugs: frozenset[str]
    wrong: WrongRoute


class _Forbidden(NamedTuple):
    routes: frozenset[str]
    wording: re.Pattern[str]
    wrong: WrongRoute
    unless: re.Pattern[str] | None = None


def routes_meant(mention: DoseMention) -> tuple[str, ...]:
    """Return the routes to whose limits the dose is held; several where it could have been given by any of them."""
    if mention.route != UNSTATED:
        return (mention.route,)
    known = drug_routes().get(mention.drug)
    return known.when_unstated if known else ()


def routes_held_to(mention: DoseMention) -> list[frozenset[str]]:
    """Return for each route that the note may mean the routes whose limits hold for it."""
    return [_with_limits_of(route, mention.drug) for route in routes_meant(mention)]


@forgotten_with_tables
@lru_cache(maxsize=1024)
def _with_limits_of(route: str, drug: str) -> frozenset[str]:
    if route == "IO":
        return frozenset({"IO", "IV"})
    if route == "INFUSION" and not any("INFUSION" in limit.routes for limit in dose_limits().get(drug, ())):
        return frozenset({"INFUSION", "IV"})
    return frozenset({route})


def rate_routes(mention: DoseMention) -> frozenset[str]:
    """Return the routes whose limits hold for a rate."""
    if mention.route == UNSTATED:
        return frozenset({"INFUSION", "IV", "NEB"})
    return frozenset({"NEB"}) if mention.route == "NEB" else frozenset({"INFUSION", "IV"})


def wrong_route(note: ParsedNote, mention: DoseMention) -> WrongRoute | None:
    """Return what is wrong with the route by which the dose was given."""
    known = drug_routes().get(mention.drug)
    route = {"IO": "IV", "INFUSION": "IV"}.get(mention.route, mention.route)
    never = _never_taken().get((mention.drug, route)) or _not_in_its_form(note, mention, route)
    if never:
        return never
    if reserved := _reserved().get(route):
        return None if mention.drug in reserved.drugs else reserved.wrong
    if known is None or mention.route == UNSTATED:
        return None
    said = note.text[max(0, mention.start - _BEFORE) : mention.end + _BEHIND]
    for forbidden in known.forbidden:
        if route in forbidden.routes and forbidden.wording.search(said):
            return forbidden.wrong
    if {route, mention.route} & known.right:
        return None
    return WrongRoute("warning", f"not a route by which it is given ({', '.join(sorted(known.right))})", known.row)


def _not_in_its_form(note: ParsedNote, mention: DoseMention, route: str) -> WrongRoute | None:
    """Return what is wrong where the form that is said with the dose never goes this way: "ondansetron ODT 4 mg IV"."""
    forms = _forms().get(route)
    if forms is None:
        return None
    said = _with_brackets(note.text, mention)
    if mention.route == "INFUSION" and not _BY_VEIN.search(said):
        return None
    for each in forms:
        if each.wording.search(said) and not (each.unless and each.unless.search(note.text)):
            return each.wrong
    return None


def _with_brackets(text: str, mention: DoseMention) -> str:
    """Return the dose with the word before it and the bracket behind it: "ibuprofen 400 mg IV (oral suspension)"."""
    before = _WORD_BEFORE.search(text, max(0, mention.start - _LONGEST_WORD), mention.start)
    behind = _BRACKET.match(text, mention.end)
    return text[before.start() if before else mention.start : behind.end() if behind else mention.end]


def has_routes(drug: str) -> bool:
    """Whether a table says by which routes the drug is given, or never is."""
    return drug in drug_routes() or drug in _drugs_of_classes()


@table_cache
def _never_taken() -> dict[tuple[str, str], WrongRoute]:
    return {
        (drug, route): WrongRoute("critical", f"{row['note']} ({row['class']})", row)
        for row in read_table("route_classes.csv")
        for drug in row["drugs"].split(";")
        for route in row["routes"].split(";")
    }


@table_cache
def _drugs_of_classes() -> frozenset[str]:
    return frozenset(drug for drug, _ in _never_taken())


@table_cache
def drug_routes() -> dict[str, _Routes]:
    rows = read_table("drug_routes.csv")
    forbidden: dict[str, list[_Forbidden]] = {}
    for row in rows:
        if row["rule"] == "never":
            forbidden.setdefault(row["drug"], []).append(_forbidden(row))
    return {
        row["drug"]: _Routes(
            frozenset(row["routes"].split(";")),
            tuple(filter(None, row["when_unstated"].split(";"))),
            row,
            tuple(forbidden.get(row["drug"], ())),
        )
        for row in rows
        if row["rule"] == "right"
    }


@table_cache
def _reserved() -> dict[str, _Reserved]:
    return {
        row["route"]: _Reserved(frozenset(row["drugs"].split(";")), WrongRoute("critical", row["note"], row))
        for row in read_table("reserved_routes.csv")
    }


@table_cache
def _forms() -> dict[str, tuple[_Forbidden, ...]]:
    """Return by route the forms that never take it."""
    forms: dict[str, tuple[_Forbidden, ...]] = {}
    for row in read_table("dosage_forms.csv"):
        form = _Forbidden(
            frozenset(row["routes"].split(";")),
            re.compile(rf"\b(?:{row['wording']})(?!\w)", re.I),
            WrongRoute("critical", f"its form never goes this way ({row['form']})", row),
            re.compile(row["unless"], re.I) if row["unless"] else None,
        )
        for route in form.routes:
            forms[route] = (*forms.get(route, ()), form)
    return forms


def _forbidden(row: dict[str, str]) -> _Forbidden:
    sourced = row["status"] == "verified" and row["tier"] in ("A", "B")
    wrong = WrongRoute("critical" if sourced else "warning", row["note"].removesuffix("."), row)
    return _Forbidden(frozenset(row["routes"].split(";")), re.compile(row["wording"], re.I), wrong)

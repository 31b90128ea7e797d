"""Doses that a note says were given or ordered in the ED: drug, amount, route, and where it says so.

A dose is a number with a unit of mass (or units or mEq) beside a drug of `tables/drug_names.csv`. A rate, a dose
per kg, a unit of blood, the strength in a product's name, a home medication and a dose that was withheld are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.note import section_spans
from edscribe_pipelines.clinical.tables import read_table, table_cache

_UNITS = {
    "mcg": r"mcgs?|µg|μg|ug|micrograms?",
    "mg": r"mgs?|milligrams?",
    "g": r"g|gms?|grams?",
    "units": r"units?|u|IU",
    "mEq": r"mEqs?",
}
_ROUTES = {
    "INFUSION": r"infusion|drip|gtt",
    "IV": r"IVP?|intravenous(?:ly)?|IV[ ]push",
    "IO": r"IO|intraosseous(?:ly)?",
    "IM": r"IM|intramuscular(?:ly)?",
    "SC": r"SC|SQ|subQ|subcut\w*",
    "SL": r"SL|sublingual(?:ly)?",
    "PO": r"PO|p\.o\.|oral(?:ly)?|by[ ]mouth|chewed",
    "IN": r"(?-i:IN)|intranasal(?:ly)?",
    "PR": r"PR|rectal(?:ly)?",
    "NEB": r"neb\w*|inhaled",
}
_TIMES = {"twice": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
NOT_ED_SECTIONS = {"Past Medical/Surgical History", "Medications", "Allergies", "Social History"}

_ANY_ROUTE = "|".join(_ROUTES.values())
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|\.\d+"
_DOSE = re.compile(
    rf"(?<![\d.,/])(?:(?:{_NUMBER})[ \t]?(?:-|–|to)[ \t]?)?(?P<number>{_NUMBER})[ \t-]?"
    rf"(?:{'|'.join(f'(?P<{unit}>{words})' for unit, words in _UNITS.items())})\b"
    r"(?![ \t]?/[ \t]?(?:kg|h|hr|hour|min|m?L|dL|day|\d)|[ \t]+(?:per|an|each)[ \t]+(?:kg|h|min|day|dose)"
    r"|[ \t]+(?:of[ \t]+)?(?:p?RBCs?|packed|FFP|plasma|platelets?|cryo\w*|(?:whole[ \t]+)?blood)\b"
    r"|[ \t]?(?:tab|cap|caplet|vial|syr|syringe|amp|ampule|bag|supp|patch|soln?|solution|susp|suspension|odt|cup|udcup|"
    r"prefilled|inj|pen)(?:let|sule)?s?\b)",
    re.I,
)
_TO_DRUG = (
    rf"(?:[ \t]*(?:\([^)\n]{{1,25}}\)|[:=,(–-]|\b(?:{_ANY_ROUTE}|sulfate?|citrate|hcl|hydrochloride|tartrate|sodium|"
    r"push|bolus|injection|autoinjector|auto-injector|slow|rapid|doses?|of|at|a|an|was|were|is|given|received|"
    r"administered|dosed|total|initial|another|additional|repeat|load|loading|chewable|about)\b)){0,6}[ \t]*"
)
_THEN = re.compile(
    rf"[ \t]*(?:(?:{_ANY_ROUTE}|push|bolus)[ \t]*)*(?:,|;)?[ \t]*(?:and[ \t]+)?(?:then|followed by|plus|and|\+|→|->)?"
    r"[ \t]*(?:an(?:other)?|additional|repeat|again)?[ \t]*",
    re.I,
)
_AFTER = re.compile(
    rf"""\)?[ \t]*
    (?:(?:slow|rapid|was|were|given|administered|via)[ \t]+){{0,2}}
    (?:(?P<route>{_ANY_ROUTE})\b)?[ \t]*
    (?P<form>infusion|drip|gtt)?(?:[ \t]*(?:push|bolus))?(?:[ \t]*\b(?:was|were|given|administered)\b)*[ \t,(]*
    (?:(?:q|every)[ \t]?\d+[ \t]?min\w*[ \t,]*)?
    (?:[x×][ \t]?(?P<count>\d{{1,2}})\b(?![ \t]*(?:days?|weeks?|hours?|h\b|min))
    |(?P<word>twice\b|(?:two|three|four|five|six)(?=[ \t]+(?:times|doses)))
    |times[ \t]+(?P<times>\d{{1,2}}|two|three|four|five|six)\b)?""",
    re.I | re.X,
)
_ROUTE_BEFORE = re.compile(rf"\b(?P<route>{_ANY_ROUTE})[ \t]+(?:push[ \t]+)?$", re.I)
_TOTAL = re.compile(r"\b(?:total|cumulative)(?:[ \t]+(?:dose[ \t]+)?of)?[ \t:]*$", re.I)
_WITHHELD_BEFORE = re.compile(
    r"""\b(?:(?:no|without)(?:[ ]further|[ ]additional|[ ]more|[ ]any)?[ \t]+
    |(?:not(?:[ ]be)?[ ]giv\w+|(?:did[ ]not|didn't|never)[ ](?:receive|give|get)|held|hold(?:ing)?|withheld
    |avoid(?:ed|ing)?|declin\w+|refus\w+|deferr?(?:ed)?|instead[ ]of|rather[ ]than|max(?:imum)?(?:[ ]dose)?(?:[ ]of)?
    |not[ ]exceed\w*|allerg\w+[ ]to|reaction[ ]to|intoleran\w+[ ](?:of|to))[ \t]+(?:[\w-]+[ \t]+){0,2})$""",
    re.I | re.X,
)
_WITHHELD_AFTER = re.compile(
    rf"[ \t,(]*(?:(?:{_ANY_ROUTE})[ \t,]+)?(?:was|were|is|has been|being)?[ \t]*"
    r"(?:held|withheld|not (?:given|administered|indicated)|avoided|deferred|declined|refused|contraindicated|"
    r"cancell?ed)\b",
    re.I,
)
_NOT_ED_BEFORE = re.compile(
    r"\b(?:takes?|took|taking|taken|home|prescri\w+|outpatient|refill\w*|chronic\w*|ingest\w+|swallow\w+|overdosed?|"
    r"history of|h/o|previous(?:ly)?|last (?:year|month|week|visit)|discharged? (?:on|with))\b"
    r"(?!.*\b(?:given|gave|received|administered|ordered|started|pushed|treated)\b)",
    re.I,
)
_NOT_ED_AFTER = re.compile(
    rf"[ \t,]*(?:(?:{_ANY_ROUTE})[ \t,]+)?(?:at home|daily|once daily|(?-i:BID|TID|QID|QHS|PTA)|qhs|qd|nightly|weekly|"
    r"per day|every (?:day|morning|night)|tablets? at home)\b",
    re.I,
)
_DISPENSED_LINE = re.compile(r"^\W*(?:medications?[ \t]+)?dispensed\b", re.I)
_CLAUSE = re.compile(r"[\n;]|[.!?](?=\s)")


class DoseMention(NamedTuple):
    """`times` doses of `amount`; `is_total` where the amount is said to be their sum."""

    drug: str
    amount: float
    unit: str
    times: int
    is_total: bool
    route: str
    start: int
    end: int


def dose_mentions(note: str) -> Iterator[DoseMention]:
    """Yield the doses in the order of the note."""
    elsewhere = [span for span in section_spans(note) if span.section in NOT_ED_SECTIONS]
    previous: DoseMention | None = None
    for dose in _DOSE.finditer(note):
        if any(start <= dose.start() < end for _, start, end in elsewhere):
            continue
        mention = _mention(note, dose, previous)
        if mention is None:
            continue
        previous = mention
        if _is_ed_dose(note, mention):
            yield mention


def _mention(note: str, dose: re.Match[str], previous: DoseMention | None) -> DoseMention | None:
    """Return the dose with the drug beside it: before it, after it, or that of the dose it continues."""
    start, end = dose.span()
    window = max(0, start - 80)
    before = _drug_before().search(note[window:start])
    after = _drug_after().match(note, end)
    if before and (after is None or "," not in before["gap"]):
        name, start = before["drug"], window + before.start("drug")
    elif after:
        name, end = after["drug"], after.end("drug")
    elif previous and _THEN.fullmatch(note, previous.end, start):
        name = previous.drug
    else:
        return None
    tail = _AFTER.match(note, dose.end() if end == dose.end() else end)
    assert tail is not None
    unit = next(unit for unit in _UNITS if dose[unit])
    return DoseMention(
        drug=_drug_names()[name.casefold()],
        amount=float(dose["number"].replace(",", "")),
        unit=unit,
        times=_times(tail),
        is_total=bool(_TOTAL.search(note, max(0, dose.start() - 25), dose.start())),
        route=_route(note, start, end, tail, name),
        start=start,
        end=max(end, tail.end("count"), tail.end("word"), tail.end("times"), tail.end("route")),
    )


def _times(tail: re.Match[str]) -> int:
    said = tail["count"] or tail["word"] or tail["times"]
    if not said:
        return 1
    return _TIMES.get(said.casefold()) or int(said)


def _route(note: str, start: int, end: int, tail: re.Match[str], name: str) -> str:
    """Return the route said after the dose, between drug and dose or before both; an infusion is one even
    where "IV" is said too."""
    if tail["form"] or (tail["route"] and re.fullmatch(_ROUTES["INFUSION"], tail["route"], re.I)):
        return "INFUSION"
    if name.casefold() in ("epipen", "auvi-q"):
        return "IM"
    said = tail["route"]
    if not said and (inside := re.search(rf"\b(?:{_ANY_ROUTE})\b", note[start:end], re.I)):
        said = inside[0]
    if not said and (ahead := _ROUTE_BEFORE.search(note, max(0, start - 30), start)):
        said = ahead["route"]
    if not said:
        return "unstated"
    return next(route for route, words in _ROUTES.items() if re.fullmatch(words, said, re.I))


def _is_ed_dose(note: str, mention: DoseMention) -> bool:
    breaks = [match.end() for match in _CLAUSE.finditer(note, max(0, mention.start - 200), mention.start)]
    line = note[note.rfind("\n", 0, mention.start) + 1 : mention.start]
    clause = note[breaks[-1] if breaks else max(0, mention.start - 200) : mention.start]
    return not (
        _DISPENSED_LINE.match(line)
        or _WITHHELD_BEFORE.search(clause)
        or _NOT_ED_BEFORE.search(clause)
        or _WITHHELD_AFTER.match(note, mention.end)
        or _NOT_ED_AFTER.match(note, mention.end)
    )


@table_cache
def _drug_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in read_table("drug_names.csv"):
        for name in (row["drug"], *filter(None, row["synonyms"].split(";"))):
            names[name.casefold()] = row["drug"]
    return names


@table_cache
def _any_drug() -> str:
    longest_first = sorted(_drug_names(), key=len, reverse=True)
    return rf"(?<![A-Za-z-])(?P<drug>{'|'.join(map(re.escape, longest_first))})(?![A-Za-z])"


@table_cache
def _drug_before() -> re.Pattern[str]:
    return re.compile(rf"{_any_drug()}(?P<gap>{_TO_DRUG})$", re.I)


@table_cache
def _drug_after() -> re.Pattern[str]:
    return re.compile(rf"{_TO_DRUG}{_any_drug()}", re.I)

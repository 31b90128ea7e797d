"""What number a label of a vital sign is followed by, as one value, a range or a change.

A dose, a flow of oxygen, a date or a time behind the label is no value of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.vitals.coma import BARE_RESPONSES, RESPONSES, TOTAL, read_responses, read_total
from edscribe_pipelines.clinical.vitals.spoken import in_figures
from edscribe_pipelines.clinical.vitals.stated import Kind, Stated

_LINK = re.compile(
    r"\*{0,2}(?:[ \t]*[(\[][^)\]\n]{1,16}[)\]])?[ \t]*(?:[:=~|]|[-–](?=[ \t]*\d))?\*{0,2}[ \t]*"
    r"(?:(?:is|was|were|of|at|in|the|to|now|noted|be|as|total|score|about|approximately|around|recorded|measured|"
    r"currently|initially|initial|repeat|on|arrival|triage|up|down|increased|decreased|improved|elevated|remained|"
    r"remains|stable|dropped|fell|rose|low|high|markedly|only|reading|readings|readings?|found|ranged|ranging|"
    r"between|from|with|documented|mildly|still|again|then|rates?|upper|mid|lower|"
    r"room[ ]air|RA|(?:\d{1,2}[ ]?L(?:/min|pm)?)|NC|nasal[ ]cannula|(?:\d{1,2}:\d{2}))[ \t:]+){0,5}",
    re.I,
)
_NOT_ANOTHER_QUANTITY = (
    r"(?![\d:+]|[.,/-]\d|[ \t]?(?i:mg|mcg|g|gauge|mL|cc|L|lpm|ms|units?|years?|yo|y/o|min(?:utes?)?[ \t]|min:|hours?|"
    r"hrs?|days?|weeks?|kg|lbs?|cm|mm)\b|-?[ ]?lead\b|-(?:year|day|hour|week))"
)
_DECADE = r"(?P<decade>'?s\b)"
_TO = r"[ \t]?%?[ \t]?(?:-|–|to)[ \t]?"
_SPANNED = r"(?:(?P<low>\d{1,3}(?:\.\d)?)'?s?" + _TO + ")?"

_A_RATIO = r"(?![ \t]*[(\[,;]?[ \t]*\d\d[ \t]?%[ \t]?(?:CI|confidence)\b|[ \t]?(?:times|fold|x)\b)"
"""Hazard ratios and relative risks share the letters of rates."""
_NEXT_LABEL = r"[,;./|\n]|bpm|$|(?-i:RR|BP|T\b|Temp|SpO2|O2|[Ss]ats?|HR|R\b|P\b|[Rr]esp|[Pp]ulse|MAP|GCS|C\b|F\b|%)"
_LONG = rf"(?!0)(?!(?:[01]\d|2[0-3])[0-5]\d(?![ \t]*(?:{_NEXT_LABEL})))\d{{4,9}}"
_LONG_DEGREES = r"(?!0)(?!(?:[01]\d|2[0-3])[0-5]\d(?![ \t]?°?[CF]\b))\d{4,5}"
_TOO_LONG = rf"{_LONG}|[1-9]\d{{0,2}}\.\d{{1,2}}(?!\d)" + _A_RATIO
"""Too many digits or a decimal point: a slip of the hand, but for a time of day."""

_WHOLE = re.compile(rf"{_SPANNED}(?P<value>{_TOO_LONG}|\d{{1,3}})(?:{_DECADE}|{_NOT_ANOTHER_QUANTITY}(?![ \t]?%))")
_PERCENT = re.compile(
    rf"{_SPANNED}(?P<value>{_LONG}|\d{{1,3}}(?:\.\d)?)(?:{_DECADE}|{_NOT_ANOTHER_QUANTITY})(?P<unit>[ \t]?%)?"
)
_DEGREES = re.compile(
    rf"(?P<value>{_LONG_DEGREES}|\d{{2,3}}(?:[.,]\d{{1,2}})?|"
    r"(?:3[.,][4-9]|4[.,][0-2]|9[.,][3-9])\d?)"
    r"(?![\d:/]|[ \t]?(?i:days?|hours?|hrs?|h|weeks?|years?|min|mg|mL|cm|mm|kg)\b)"
    r"(?:[ \t]?(?P<unit>(?:°|º|(?i:deg(?:rees)?)\b)?[ \t]?(?:[CFcf]\b|(?i:celsius|fahrenheit)\b)|°|º))?"
)
_POSTURE = re.compile(
    r"(?:[ \t]*(?:x|at|after|for)?[ \t]*\d{1,2}[ \t]?min(?:utes?)?[ \t:]*)?(?:BP[ \t:]*)?"
    r"(?P<sbp>[4-9]\d|[12]\d\d)/(?P<dbp>[3-9]\d|1\d\d)"
    r"(?P<decade>)(?P<only>)(?P<only_decade>)(?![\d/])"
)
"""A pair behind a posture: "standing 3 min 108/70"; small numbers are scores of pain or of vision."""
_PAIN = re.compile(r"(?P<value>\d{1,2})(?:[ \t]?/[ \t]?10\b(?!/)|[ \t]out[ \t]of[ \t]10\b)")
_PRESSURES = re.compile(
    r"(?:\d{2,3}[-–](?=\d{2,3}/))?(?P<sbp>\d{1,9})(?P<decade>'?s)?[ \t]?(?:/|over)[ \t]?"
    r"(?:(?P<dbp>\d{1,4})(?:'?s\b)?(?![\d/])|(?i:palp\w*|p\b|doppler))"
    r"|(?P<only>\d{2,3})(?:(?P<only_decade>'?s\b)(?:[ \t]systolic)?|[ \t]systolic\b)"
)
_GLUCOSE = re.compile(
    r"(?P<value>\d{1,4}(?:\.\d)?)(?![\d:/+]|[ \t]?(?i:hours?|hrs?|days?|minutes?|units?|times?)\b)"
    r"(?P<unit>[ \t]?mmol(?:/L)?)?"
)
_CHANGE = re.compile(
    r"(?:[ \t]?(?:bpm|mm[ ]?Hg|/min|%))?(?:[ \t](?:on[ ])?(?:RA|room air|\d{1,2}[ ]?L(?:[ ]NC)?))?"
    r"(?:[ \t]*(?:-+>|→|=+>|>(?=\d))"
    r"|,?(?:[ \t]+(?:and|which|has|have|later|subsequently|gradually|quickly|since|came|went|is|was|down|up|back|"
    r"improv\w+|decreas\w+|increas\w+|dropp\w+|fell|falling|rose|rising|trend\w+|coming|settl\w+|normali\w+)){0,5}"
    r"[ \t]+(?:to|then|now|re-?peat(?:ed)?|re-?check(?:ed)?))[ \t:]*(?:(?:the|of|was|is|at)[ \t]+){0,2}",
    re.I,
)
_MOST_CHANGES = 6
_PLAIN = re.compile(
    r"[ ](?:(?P<value>\d{1,3})(?P<percent>%)?|(?P<sbp>\d{2,3})/(?P<dbp>\d{2,3}))"
    r"(?=\n|,[ ](?:HR|RR|BP|SpO2|SBP|DBP|pain)[ ]\d|\Z)"
)
"""Whole numbers of a list of vital signs, with nothing around them that the other patterns would have to read."""
_VALUE_OF = {
    "pressures": _PRESSURES,
    "posture_pressures": _POSTURE,
    "spo2_pct": _PERCENT,
    "temperature_degf": _DEGREES,
    "gcs_total": TOTAL,
    "pain_0_10": _PAIN,
    "glucose_mgdl": _GLUCOSE,
}


def values_behind(text: str, field: str, end: int, needs_unit: bool) -> Iterator[Stated]:
    """Yield what text[end:] states of the label before it, and what that became."""
    if field == "gcs_parts":
        if match := RESPONSES.match(text, end - 1):
            yield from read_responses(text, match)
        return
    plain = None if needs_unit else _PLAIN.match(text, end)
    if plain and (stated := _plainly(field, plain)):
        yield from stated
        return
    begin = _after_link(text, end)
    pattern = _VALUE_OF.get(field, _WHOLE)
    match = pattern.match(text, begin)
    if match is None:
        if field == "gcs_total" and (match := BARE_RESPONSES.match(text, begin)):
            yield from read_responses(text, match)
        elif not needs_unit:
            yield from _spoken(text, field, pattern, begin)
        return
    if needs_unit and not (match["unit"] or "." in match["value"]):
        return
    yield from _read(field, match)
    for later in _changes(text, pattern, match.end()):
        yield from (stated._replace(kind="change") for stated in _read(field, later))


def _plainly(field: str, plain: re.Match[str]) -> list[Stated]:
    """Return the values of a plain match, none where it is not of the form of `field`."""
    start, end = plain.start() + 1, plain.end()
    if field == "pressures" and plain["sbp"]:
        pressures = ("sbp_mmhg", plain["sbp"]), ("dbp_mmhg", plain["dbp"])
        return [Stated(each, float(value), start, end, "value") for each, value in pressures]
    is_of_field = field == "spo2_pct" or (field not in _VALUE_OF and not plain["percent"])
    return [Stated(field, float(plain["value"]), start, end, "value")] if is_of_field and plain["value"] else []


def _spoken(text: str, field: str, pattern: re.Pattern[str], begin: int) -> Iterator[Stated]:
    spoken = in_figures(text, begin, field)
    match = pattern.fullmatch(spoken[0]) if spoken and spoken[0] else None
    if spoken and match:
        yield from (stated._replace(start=begin, end=spoken[1]) for stated in _read(field, match))


def _after_link(text: str, end: int) -> int:
    link = _LINK.match(text, end)
    return link.end() if link else end


def _changes(text: str, pattern: re.Pattern[str], end: int) -> Iterator[re.Match[str]]:
    for _ in range(_MOST_CHANGES):
        change = _CHANGE.match(text, end)
        match = pattern.match(text, change.end()) if change else None
        if match is None:
            return
        yield match
        end = match.end()


def _read(field: str, match: re.Match[str]) -> Iterator[Stated]:
    """Yield the values that a match of the pattern of `field` states."""
    if field in ("pressures", "posture_pressures"):
        yield from _pressures(match)
    elif field == "gcs_total":
        yield from read_total(match)
    else:
        yield from _single(field, match)


def _single(field: str, match: re.Match[str]) -> Iterator[Stated]:
    groups = match.groupdict()
    end = match.end()
    if groups.get("low"):
        ends = [Stated(field, float(groups[name]), *match.span(name), "range") for name in ("low", "value")]
        yield from ends if ends[0].value < ends[1].value else ends[:1]
        return
    kind: Kind = "decade" if groups.get("decade") else "value"
    yield Stated(field, in_unit(field, groups["value"], groups.get("unit")), match.start(), end, kind)


def in_unit(field: str, number: str, unit: str | None) -> float:
    """Return `number` in the unit of its field.

    Without a unit a temperature up to 50 is read as Celsius: no living adult is at 50 F. A glucose up to 40 with a
    decimal is read as mmol/L: mg/dL are told without decimals."""
    value = float(number.replace(",", "."))
    if field == "temperature_degf":
        scale = (unit or "").upper().strip(" \t°º").removeprefix("DEGREES").removeprefix("DEG").strip()[:1]
        return round(value * 9 / 5 + 32, 1) if (scale or ("C" if value <= 50 else "F")) == "C" else value
    if field == "glucose_mgdl" and (unit or (value <= 40 and value % 1)):
        return round(value * 18)
    return value


def _pressures(match: re.Match[str]) -> Iterator[Stated]:
    sbp, is_decade = match["sbp"] or match["only"], match["decade"] or match["only_decade"]
    kind: Kind = "decade" if is_decade else "value"
    yield Stated("sbp_mmhg", float(sbp), *match.span(), kind)
    if match["dbp"]:
        yield Stated("dbp_mmhg", float(match["dbp"]), *match.span(), kind)

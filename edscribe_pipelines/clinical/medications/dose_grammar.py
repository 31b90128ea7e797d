"""The connecting words between a drug and its dose, what may stand behind a dose, and how often it was given.

Built from the words of `tables/dose_words.csv`. Repetitions are bounded or possessive, so that no text is slow.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.numbers import dose_words, letters_pattern, number, numerals, pattern_of
from edscribe_pipelines.tables import table_cache

_BEFORE, _BEHIND = 30, 90
_FARTHEST_TIME = 100
_CLOCK_WITH_COLON = r"(?<!\d)(?:[01]?\d|2[0-3]):[0-5]\d(?!\d)"
_CLOCK = r"(?:(?:[01]\d|2[0-3]):?[0-5]\d|\d:[0-5]\d)"
_NUMBERED = re.compile(
    rf"[ \t,;(]*#(?P<first>\d)\b(?:(?:[ \t]*(?:at|@)?[ \t]*{_CLOCK})?[ \t]*[,;&]?[ \t]*(?:and[ \t]*)?#\d\b){{1,8}}"
)
_AT_TIMES = re.compile(
    rf"[^.;\n\d]{{0,25}}\b(?:at|@)[ \t]*{_CLOCK}(?:(?:,[ \t]*(?:and[ \t]*)?|[ \t]*(?:and|&)[ \t]*)"
    rf"(?:(?:again|repeat(?:ed)?|another)[ \t]*(?:(?:at|@)[ \t]*)?)?{_CLOCK}){{1,8}}"
)
_ONE_MORE = re.compile(r"^[^\d]*\b(?:again|repeat(?:ed)?|another|further)\b", re.I)
"""The times behind it are those of further doses."""
_REPEATED = re.compile(
    r"[^.;\n\d]{0,25}?(?<!be )(?<!may )(?<!can )(?<!to )(?<!could )\brepeated[ \t]+"
    r"(?:(?:q|every)[ \t]?\d*(?:-\d+)?[ \t]?(?:min\w*|h\w*)[ \t,]*(?:for[ \t]+)?)?"
    r"(?:[x×][ \t]?(?P<count>\d{1,2})\b|(?P<more>\d{1,2})[ \t]+times\b|(?P<word>once|twice|thrice))",
    re.I,
)
_MOST_TIMES = 12
"""More doses than these are not told in words."""
_HOURS = {"h": 1.0, "min": 1 / 60, "sec": 1 / 3600}
_PLACES = {"EYE", "EAR", "JOINT", "ARTERY", "VAGINA", "BLADDER", "PLEURA", "TRACHEA", "PENIS"}
"""Routes that are also where something hurts or was done: before a drug they are none of it."""
_WORDS = {"once": 1, "twice": 2, "thrice": 3}


class DoseGrammar(NamedTuple):
    """`to_drug` stands between a drug and the dose behind it, `across` where a line or a cell ends between, `of_drug`
    between a dose and the drug behind it, `then` and `again` before a further dose of the same drug; the ahead ones
    before both."""

    to_drug: re.Pattern[str]
    across: re.Pattern[str]
    of_drug: re.Pattern[str]
    then: re.Pattern[str]
    again: re.Pattern[str]
    tail: re.Pattern[str]
    route: re.Pattern[str]
    route_ahead: re.Pattern[str]
    doses_ahead: re.Pattern[str]
    count_between: re.Pattern[str]
    over: re.Pattern[str]

    def tail_at(self, text: str, place: int) -> re.Match[str]:
        """Return what stands behind a dose that ends at `place`, often nothing."""
        tail = self.tail.match(text, place)
        assert tail is not None
        return tail


@table_cache
def dose_grammar() -> DoseGrammar:
    """Return the patterns, made of the table."""
    routes = pattern_of("route")
    link = "|".join(words for kind, words in dose_words("link") if kind != "concentration")
    concentration = dict(dose_words("link"))["concentration"]
    count = "|".join(word for word, value in numerals().items() if 0 < value <= _MOST_TIMES)
    named = "|".join(f"(?P<{name}>{words})" for name, words in dose_words("route"))
    ahead = "|".join(f"(?P<{name}>{words})" for name, words in dose_words("route") if name not in _PLACES)
    counted = rf"\b(?:{count}|\d(?:\.5)?)[ ]?(?:tab|cap|pill)(?:let|sule)?s?\b[ \t]*(?=[(=:])"
    words = rf"\b(?:{routes}|{link}|{count})(?!\w)|{concentration}|[x×][ ]?\d{{1,2}}\b"
    product = (
        r"\b(?:single|multi|metered|unit|extra|regular|maximum)[ -](?:dose|use|strength)|\b(?:pre-?filled|film|powder|"
        r"reconstitution|coated|release|emergency|strength|disposable|sterile|concentrate|aerosol|device|solution)(?!\w)"
        r"|\bfor[ ](?:injection|infusion|inhalation|reconstitution)|\b(?:wt|weight)[ ]?\d{2,3}[ ]?kg\b"
    )
    given = (
        "(?:slow(?:ly)?|rapid(?:ly)?|was|were|given|administered|injected|instilled|infused|applied|inserted|put|placed"
        "|delivered|undiluted|neat|as|via|by|the|stat|bolus)"
    )
    return DoseGrammar(
        to_drug=re.compile(
            rf"\)?(?:[ \t]*+(?:{counted}|\([^)\n]{{1,25}}\)|at[ \t]+{_CLOCK}:?|{_CLOCK_WITH_COLON}|[:=,(/–-]|{words}))"
            r"{0,8}+[ \t]*",
            re.I,
        ),
        across=re.compile(
            rf"(?:[ \t]*(?:[():,]|{words}|{product}))*+[ \t]*"
            r"(?:[|;\t]|\n(?!\n)|<[^<>\n]{1,20}>|--|[,:](?=[ \t]))[ \t]*+"
            rf"(?:(?:dose|amount|strength|route|take|given|form|qty|quantity)[ \t]*[:=]?[ \t]*"
            rf"|(?:{words}|{product})[ \t]*|(?:[|;:,()*•]|--?|\n(?!\n)|<[^<>\n]{{1,20}}>)[ \t]*)*+",
            re.I,
        ),
        of_drug=re.compile(rf"\)?(?:[ \t]*+(?:{words})){{0,8}}+[ \t]*", re.I),
        then=re.compile(
            rf"""[ \t]*(?:(?:{routes}|push|bolus|now)\b[ \t]*)*(?:[x×*][ ]?\d{{2,3}}[ ]?kg\b[ \t]*)?
            (?:(?:over|in)[ \t]+\d{{1,4}}[ \t]?(?:min\w*|h|h(?:ou)?rs?|sec\w*|mL|cc)\b[ \t]*(?:(?:NS|D5W|LR)\b[ \t]*)?)?
            (?:(?:(?:followed|given|repeated|again)[ \t]+)?(?:at[ \t]+|@[ \t]*)?{_CLOCK}\b)?[,;:]?[ \t]*
            (?:and[ \t]+)?
            (?:then|followed[ ]by|plus|and|\+|→|->|=|\(=?|load|(?:(?:up)?titrated|increased|decreased)?[ ]*to)?[ \t]*
            (?:an(?:other)?|additional|repeat(?:ed)?|again|(?:running[ ])?at|total|gtt|drip|infusion|bolus)?[ \t]*
            (?:(?:of|at)[ \t]+)?""",
            re.I | re.X,
        ),
        again=re.compile(
            rf"\b(?:another|additional|repeat(?:ed)?|again|more|(?:2nd|second|3rd|third)(?:[ ]dose)?|total)"
            rf"(?:[ \t]+(?:doses?|of|at|with|bolus|{routes}))*[ \t:]*$",
            re.I,
        ),
        tail=re.compile(
            rf"""\)?(?:[ \t]*\([^()|\n]{{1,40}}\)(?=[ \t]*\|))?[ \t]*(?:(?:\||<[^<>\n]{{1,20}}>)[ \t]*){{0,2}}
            (?:,?[ \t]*(?:of[ \t]+|\()?(?:{concentration})[ \t]*(?:solution[ \t]+)?)?
            (?:(?:in|with)[ \t]+\d{{1,4}}[ \t]?(?:mL|cc)\b[ \t]*(?:of[ \t]+)?
            (?:(?:normal[ ])?saline|NS|D5W?|LR|water)\b[ \t]*(?=(?:{given}[ \t]+){{0,3}}(?:{routes})(?!\w)))?
            (?:(?:{given}[ \t]+){{0,3}}?(?P<route>{routes})(?!\w)|(?:{given}[ \t]+){{0,3}})[ \t]*
            (?P<form>infusion|drip|gtt)?(?:[ \t]*(?:push|bolus))?(?:[ \t]*\b(?:was|were|given|administered)\b)*[ \t,(]*
            (?:(?:q|every)[ \t]?\d+(?:-\d+)?[ \t]?min\w*[ \t,]*(?:for[ \t]+)?)?
            (?:[x×][ \t]?(?P<count>\d{{1,2}}|(?:{count})\b)(?!\.?\d|[ \t]*(?:days?|weeks?|hours?|h|hrs?|kg|min\w*)\b)
            |(?P<word>(?:twice|thrice)\b(?![ \t]+(?:an?|per|daily)\b)
            |(?:{count}|\d)(?=[ \t]+(?:times|doses)\b(?![ \t]+(?:an?|per|daily)\b)))
            |times[ \t]+(?P<times>\d{{1,2}}|{count})\b)?""",
            re.I | re.X,
        ),
        route=re.compile(rf"\b(?:{named})(?!\w)", re.I),
        route_ahead=re.compile(rf"\b(?:{ahead})[ \t]+(?:push[ \t]+)?$", re.I),
        doses_ahead=re.compile(rf"\b(?P<count>\d|{count})[ \t]+(?:doses|rounds|boluses|amps)[ \t]+of[ \t]+$", re.I),
        count_between=re.compile(
            rf"[ \t(](?:[x×][ ]?)?(?P<count>(?<=[x×])\d{{1,2}}|(?<=[x×][ ])\d{{1,2}}|{count})(?!\w)", re.I
        ),
        over=re.compile(
            r"(?:[^.;\n\d]|\d{1,4}[ \t]?(?:mL|cc)\b){0,40}?\bover[ \t]+"
            r"(?:(?:about|approximately|~|the)[ \t]*(?:next[ \t]+)?)?"
            rf"(?:\d{{1,4}}[ \t]?(?:-|–|to)[ \t]?)?(?P<time>\d{{1,4}}(?:\.\d{{1,2}})?|{letters_pattern()})"
            r"[ \t-]?(?P<unit>min|h|sec)(?:\b|rs?\b|ours?\b|ute|s\b|ond)",
            re.I,
        ),
    )


def hours_taken(text: str, end: int) -> float | None:
    """Return the hours over which the dose before text[end:] is said to be given, of a range the longer."""
    said = dose_grammar().over.match(text, end) if "over" in text[end : end + _FARTHEST_TIME].lower() else None
    time = number(said["time"]) if said else None
    return time * _HOURS[said["unit"].lower()] if said and time else None


def times_given(text: str, start: int, end: int, dose_start: int, tail: re.Match[str]) -> int:
    """Return how often the dose was given whose drug and amount are text[start:end] and which `tail` follows."""
    said = tail["count"] or tail["word"] or tail["times"]
    if not said:
        grammar = dose_grammar()
        is_of = text[max(0, start - 4) : start].rstrip().lower().endswith("of")
        ahead = grammar.doses_ahead.search(text, max(0, start - _BEFORE), start) if is_of else None
        ahead = ahead or grammar.count_between.search(text, start, dose_start)
        said = ahead["count"] if ahead else None
    return max(1, int(number(said) or 1)) if said else _times_listed(text, end, tail.end("route"))


def _times_listed(text: str, end: int, route_end: int) -> int:
    begin = max(end, route_end)
    stop = min(len(text), begin + _BEHIND)
    if numbered := _NUMBERED.match(text, begin, stop):
        return numbered[0].count("#")
    if at_times := _AT_TIMES.match(text, begin, stop):
        return len(re.findall(_CLOCK, at_times[0])) + bool(_ONE_MORE.search(at_times[0]))
    repeated = _REPEATED.match(text, begin, stop)
    if repeated is None:
        return 1
    counted = repeated["count"] or repeated["more"]
    return 1 + (int(counted) if counted else _WORDS[repeated["word"].lower()])

"""Finds the forms of known values in a note: words that, joined, make a known form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.deidentify.finding.known.forms import Forms, Need, Written
from edscribe_pipelines.deidentify.finding.known.places import street_suffixes
from edscribe_pipelines.deidentify.finding.known.reading import Reading
from edscribe_pipelines.deidentify.finding.spans import Span

RULE = "known_identifier"
_WIDEST_GAP = 3
_PARTS_A_NUMBER = re.compile(r"[^\W_]+(?:[ \-–‑./()#_]{0,3}[^\W_]+)*")
_PARTS_A_SHORT_NUMBER = re.compile(r"[^\W_]+(?:[ \-–]{0,1}[^\W_]+)*")
_ZIP_PLUS_4 = re.compile(r"-\d{4}(?!\d)")
_SCHEME = re.compile(r"(?:https?://)?(?:www\.)?$", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    r"\s?(?:%|/\d|\.\d|,\d{3}|(?:mg|mcg|g|kg|lbs?|ml|cc|l|units?|iu|meq|mmol|mm|cm|bpm|hours?|hrs?|h|mins?|minutes?"
    r"|days?|weeks?|months?|years?|yrs?)\b)",
    re.IGNORECASE,
)
_VALUE_BEFORE = re.compile(r"(?:\d[./,]|[$<>=~])$")
_ENDING = re.compile(
    r"(?:last (?:four|4)(?: digits)?(?: of (?:the )?(?:ssn|social|account|acct|mrn))?(?: (?:are|is))?"
    r"|ending(?: in| with)?|ends (?:in|with)|[x*#]{2,}[-\s]?)[\s:#-]{0,3}$",
    re.IGNORECASE,
)


def find_written(reading: Reading, forms: Forms) -> Iterator[Span]:
    """Yield the longest form that begins with each word."""
    openings = forms.openings
    for index, word in enumerate(reading.folded):
        opening = word if word in openings or word[0] != "0" else word.lstrip("0")
        if opening in openings:
            longest = None
            for last, written in _forms_from(reading, index, opening, forms):
                if _is_met(reading, index, last, written):
                    longest = last, written
            if longest is not None:
                yield _span(reading, index, *longest)


def _forms_from(reading: Reading, index: int, joined: str, forms: Forms) -> Iterator[tuple[int, Written]]:
    while joined in forms.openings:
        written = forms.written.get(joined)
        if written is not None:
            yield index, written
        gap = reading.gap_after(index)
        if gap is None or len(gap) > _WIDEST_GAP:
            return
        index += 1
        joined += reading.folded[index]


def _is_met(reading: Reading, first: int, last: int, written: Written) -> bool:
    match written.need:
        case Need.NOTHING:
            return True
        case Need.NUMBER:
            return _is_one_number(reading, first, last)
        case Need.WHOLE:
            return first == last and not (_is_glued(reading, first) or _is_measurement(reading, first))
        case Need.CAPITAL:
            return _is_capitalised(reading, first, last, written)
        case Need.SUFFIX:
            return reading.is_capitalised(first) and reading.after(last) in street_suffixes()
        case Need.NAME:
            return reading.names_somebody(first)
        case Need.HYPHEN:
            return first < last and _is_hyphenated(reading, first, last)
        case Need.UPPER:
            return reading.is_upper(first)
        case Need.ENDING:
            return _ENDING.search(reading.text[max(0, reading.starts[first] - 40) : reading.starts[first]]) is not None


def _is_capitalised(reading: Reading, first: int, last: int, written: Written) -> bool:
    if not any(reading.is_capitalised(i) for i in range(first, last + 1)):
        return written.type == "ADDRESS" and reading.after(last) in street_suffixes()
    return first < last or not reading.is_clinical(first, last)


def _is_one_number(reading: Reading, first: int, last: int) -> bool:
    start, end = reading.starts[first], reading.ends[last]
    digits = sum(len(reading.folded[i]) for i in range(first, last + 1))
    if first == last and digits <= 5:
        return not _is_measurement(reading, first)
    return (_PARTS_A_NUMBER if digits > 6 else _PARTS_A_SHORT_NUMBER).fullmatch(reading.text, start, end) is not None


def _is_glued(reading: Reading, index: int) -> bool:
    """Whether a number is only a piece of a word."""
    text, start, end = reading.text, reading.starts[index], reading.ends[index]
    return text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()


def _is_measurement(reading: Reading, index: int) -> bool:
    """Whether a short number is a value: 120/80, 1.250, 500 mg."""
    text, start, end = reading.text, reading.starts[index], reading.ends[index]
    return bool(_VALUE_BEFORE.search(text[max(0, start - 2) : start]) or _UNIT_AFTER.match(text, end))


def _is_hyphenated(reading: Reading, first: int, last: int) -> bool:
    gaps = [reading.gap_after(i) for i in range(first, last)]
    if all(gap in ("-", "'", "’", "‐", "‑") for gap in gaps):
        return True
    both = reading.is_titlecase(first) and reading.is_titlecase(last)
    return both and gaps == [" "] and len(reading.folded[last]) > 2


def _span(reading: Reading, first: int, last: int, written: Written) -> Span:
    """Return the form with what belongs to it: a phone's bracket, the end of a ZIP code, a street's suffix."""
    text, start, end = reading.text, reading.starts[first], reading.ends[last]
    if written.type in ("PHONE", "FAX"):
        while text[start - 1 : start] in ("(", "+") and start:
            start -= 1
    elif written.type == "ZIP" and (rest := _ZIP_PLUS_4.match(text, end)):
        end = rest.end()
    elif written.type == "URL" and (scheme := _SCHEME.search(text, max(0, start - 12), start)):
        start = scheme.start()
    elif written.type == "ADDRESS" and reading.after(last) in street_suffixes() and _ends_street(reading, last + 1):
        end = reading.ends[last + 1]
    return Span(start, end, written.type, RULE)


def _ends_street(reading: Reading, index: int) -> bool:
    return reading.is_capitalised(index) or not reading.is_capitalised(index - 1)

"""The last look before a text leaves the PHI zone.

Kept apart from the remover on purpose, in code and in lists: a second detector of the same make shares the
first one's blind spots. The gate knows two things only, both precise: values that the record itself names,
and shapes that no clinical text has. It reports rule ids, never values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from edscribe_pipelines.clinical.records import Identifier, Verdict
from edscribe_pipelines.clinical.tables import read_table

_MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"  # noqa: E501
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"

_SHAPES = {
    "ssn": r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"
    r"|\b(?:ssn|social security)\b[^\n\w]{0,5}(?:number|no|#)?[^\n\w]{0,3}\d{4,9}\b",
    "phone": r"(?<![\d.-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-.]\d{4}(?![\d-])"
    r"|\b(?:phone|tel|cell|mobile|fax|pager|beeper)\b[^\n\w]{0,4}[(\d][\d().\- ]{4,14}\d",
    "email": r"[\w.+%-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}",
    "url": r"\bhttps?://\w|\bwww\.\w+\.\w",
    "ip": rf"(?<![\d.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\d.])",
    "vin": r"\b(?=(?:[a-z]*\d){4})(?=(?:\d*[a-z]){3})[a-hj-npr-z0-9]{17}\b",
    "record_number": r"\b(?:mrn|medical record (?:number|no)|csn|acct|account (?:number|no|#)|har|encounter #|visit #)"
    r"[ \t]*(?:number|no\.?|#)?[ \t]*[:#]?[ \t]*[a-z]{0,4}[- ]?\d[\d-]{3,}",
    "long_number": r"(?<![\d.,-])\d{9,}(?![\d.])",
    "full_date": rf"(?<![\d/.-])(?:0?[1-9]|1[0-2])([/-])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)\d\d(?!\d)"
    rf"|(?<![\d/.-])(?:19|20)\d\d([/-])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12]\d|3[01])(?!\d)"
    rf"|\b(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d\b"
    rf"|\b\d{{1,2}}[- ](?:{_MONTHS})\.?[- ,]{{1,2}}(?:19|20)\d\d\b",
    "age_over_89": r"(?<![\d.])(?:9\d|1[01]\d)[ -]?(?:y/?o\b|years?[ -]old|year[ -]old)",
}
_PATTERNS = {rule: re.compile(shape, re.IGNORECASE) for rule, shape in _SHAPES.items()}

_TABLES = "edscribe_pipelines.deidentify.tables"
_KNOWN = "known_identifier"
_WORD = re.compile(r"[^\W_]+")
_NAME_KINDS = (
    "name",
    "kin",
    "patient",
    "clinician",
    "physician",
    "provider",
    "nurse",
    "contact",
    "person",
    "unspecified",
)


def phi_findings(text: str, known_identifiers: Sequence[Identifier]) -> list[str]:
    """Return the ids of the rules that `text` breaks, each once."""
    shapes = [rule for rule, pattern in _PATTERNS.items() if pattern.search(text)]
    return ([_KNOWN] if known_identifiers and _names_known(text, known_identifiers) else []) + shapes


def verdict(findings: Sequence[str]) -> Verdict:
    return "fail" if findings else "pass"


def _names_known(text: str, known_identifiers: Iterable[Identifier]) -> bool:
    written = _WORD.findall(_unaccented(text))
    words = f" {' '.join(written).casefold()} "
    capitalised = f" {' '.join(word for word in written if word[0].isupper())} ".casefold()
    digits = re.sub(r"(?<=\d)[ \-./]{1,2}(?=\d)", "", text)
    return any(_is_written(identifier, words, capitalised, digits) for identifier in known_identifiers)


def _is_written(identifier: Identifier, words: str, capitalised: str, digits: str) -> bool:
    parts = [part.casefold() for part in _WORD.findall(_unaccented(identifier["value"]))]
    joined = "".join(parts)
    if joined.isdigit():
        return len(joined) > 3 and re.search(rf"(?<!\d){joined}(?!\d)", digits) is not None
    if len(joined) < 3:
        return False
    if f" {' '.join(parts)} " in words and (len(parts) > 1 or not _is_plain(joined)):
        return True
    return _is_name(identifier, parts) and any(_part_is_written(part, words, capitalised) for part in parts)


def _is_name(identifier: Identifier, parts: list[str]) -> bool:
    """Whether each part of a value names somebody on its own, as those of a person's name do."""
    value, kind = identifier["value"], identifier["kind"].casefold()
    is_person = any(part in kind for part in _NAME_KINDS) and not _words("institution").intersection(parts)
    return is_person and "@" not in value and not any(character.isdigit() for character in value)


def _part_is_written(part: str, words: str, capitalised: str) -> bool:
    if len(part) < 3 or part in _words("function_word"):
        return False
    return f" {part} " in (capitalised if _is_plain(part) else words)


def _is_plain(word: str) -> bool:
    return word in _words("plain_word") or word in _words("function_word")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("gate_words.csv", _TABLES) if row["list"] == name)


def _unaccented(text: str) -> str:
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))

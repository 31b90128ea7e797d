"""Numbers that the record names: record and phone numbers, ZIP codes, as a note may shorten and part them."""

from __future__ import annotations

import re

from edscribe_pipelines.deidentify.finding.known.forms import Forms, Need
from edscribe_pipelines.deidentify.finding.known.reading import split_words

_EXTENSION = re.compile(r"\s*(?:;?ext?(?:ension)?|x|#)[.:=\s]*\d{1,6}$", re.IGNORECASE)
_FEWEST_DIGITS = 5
"""Numbers this long count wherever they stand; shorter ones only where they are no measurement."""

_LONGEST = 40
_QUOTED_BY_ITS_END = frozenset(("SSN", "ACCOUNT", "HEALTH_PLAN", "MRN"))


def is_number(value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    letters = sum(character.isalpha() for character in value)
    return digits >= 3 and digits >= letters


def number_forms(value: str, span_type: str) -> Forms:
    forms = Forms()
    if span_type in ("PHONE", "FAX"):
        _add_phone(forms, value, span_type)
    elif span_type == "ZIP":
        _add_zip(forms, value)
    else:
        _add_record_number(forms, "".join(split_words(value)), span_type)
    return forms


def _add_phone(forms: Forms, value: str, span_type: str) -> None:
    main = _EXTENSION.sub("", value)
    dialled = "".join(word for word in split_words(main) if word.isdigit())
    digits = dialled.removeprefix("00") if len(dialled) > 10 else dialled
    is_foreign = main.lstrip().startswith(("+", "00")) and not digits.startswith("1")
    if is_foreign:
        national = {digits[code:] for code in (1, 2, 3)}
        ways = {digits, *national, *("0" + rest for rest in national)}
    else:
        home = digits.removeprefix("1") if len(digits) == 11 else digits
        ways = {home, "1" + home, digits, home[-7:]}
    for way in ways:
        if len(way) >= 7 or way == digits:
            _add_digits(forms, way, span_type)


def _add_zip(forms: Forms, value: str) -> None:
    digits = "".join(split_words(value))
    _add_digits(forms, digits, "ZIP")
    if len(digits) == 9:
        _add_digits(forms, digits[:5], "ZIP")


def _add_record_number(forms: Forms, joined: str, span_type: str) -> None:
    _add_digits(forms, joined, span_type)
    _add_digits(forms, joined.lstrip("0"), span_type, at_least=4)
    digits = re.sub(r"^[^\d]+|[^\d]+$", "", joined)
    for bare in (digits, digits.lstrip("0")):
        if bare.isdigit():
            _add_digits(forms, bare, span_type, at_least=_FEWEST_DIGITS)
    if span_type in _QUOTED_BY_ITS_END and joined[-4:].isdigit() and len(joined) > _FEWEST_DIGITS:
        forms.add_words([joined[-4:]], span_type, Need.ENDING)


def _add_digits(forms: Forms, joined: str, span_type: str, at_least: int = 3) -> None:
    if at_least <= len(joined) <= _LONGEST:
        is_long = len(joined) > _FEWEST_DIGITS or (len(joined) == _FEWEST_DIGITS and span_type != "ZIP")
        forms.add_breakable(joined, span_type, Need.NUMBER if is_long else Need.WHOLE)

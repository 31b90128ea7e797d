"""Checks that a shape must pass besides its pattern: digits that prove a number, parts that prove an address.

Sources: ISO/IEC 7812-1 (cards), 49 CFR 565.15 (VIN), 21 CFR 1306 and the DEA's practice (registration numbers).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

_VIN_LENGTH = 17
_VIN_LETTERS = dict(zip("abcdefghjklmnprstuvwxyz", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_VIN_VALUES = _VIN_LETTERS | {str(digit): digit for digit in range(10)}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NETWORK = "0123456789abcdef:"
_LONGEST_ADDRESS = 45
_MONTH = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"  # noqa: E501
_MONTH_AND_DAY = re.compile(
    rf"(?<![a-z])(?:{_MONTH})\.?[ -]{{0,2}}\d{{1,2}} ?(?:st|nd|rd|th)?(?:[ ,/-]{{1,3}}| ?,? of )$"
    rf"|(?<!\d)\d{{1,2}} ?(?:st|nd|rd|th)?(?: of |[ /,-]{{0,2}})(?:{_MONTH})(?:[ .,/-]{{0,3}}| of )$"
)
_WORD_OF_DAY = re.compile(
    r"(?<![a-z])(?:on|since|until|till|dated?:?|lmp:?|seen(?: here)?|admitted|discharged|visit)(?: on)? $"
)


def luhn(found: re.Match[str]) -> bool:
    digits = [int(character) for character in reversed(found[0]) if character.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return any(digits) and (sum(digits[::2]) + doubled) % 10 == 0


def dea(found: re.Match[str]) -> bool:
    digits = [int(character) for character in found[0][2:]]
    return (sum(digits[0:5:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def vin(found: re.Match[str]) -> bool:
    """Return whether the digits found end a VIN.

    North America's has a check digit; Europe's has none, so there a mix of letters and digits must do.
    """
    start = found.end() - _VIN_LENGTH
    number = found.string[max(start, 0) : found.end()]
    if (
        start < 0
        or found.string[max(start - 1, 0) : start].isalnum()
        or not all(each in _VIN_VALUES for each in number)
    ):
        return False
    digits = sum(character.isdigit() for character in number)
    return _has_check_digit(number) or 4 <= digits <= _VIN_LENGTH - 3


def _has_check_digit(number: str) -> bool:
    rest = sum(_VIN_VALUES[each] * weight for each, weight in zip(number, _VIN_WEIGHTS, strict=True)) % 11
    return number[8] == ("x" if rest == 10 else str(rest))


def ip_address(found: re.Match[str]) -> bool:
    try:
        ipaddress.ip_address(found[0])
    except ValueError:
        return False
    return True


def network_address(found: re.Match[str]) -> bool:
    """Return whether the colons found stand in an IPv6 or a MAC address, and not in a time with one too many."""
    text, start, end = found.string, found.start(), found.end()
    before = text[max(start - _LONGEST_ADDRESS, 0) : start]
    after = text[end : end + _LONGEST_ADDRESS]
    left, right = before.rstrip(_NETWORK), after.lstrip(_NETWORK)
    if left[-1:].isalnum() or right[:1].isalnum():
        return False
    address = text[start - len(before) + len(left) : end + len(after) - len(right)]
    if re.fullmatch("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", address):
        return True
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    is_clock = re.fullmatch("[0-9]{1,2}::[0-9]{2}", address) is not None
    return not is_clock and sum(character.isdigit() for character in address) > 1


def day_and_month(found: re.Match[str]) -> bool:
    """Return whether two of three numbers are a day and a month, with the year behind them or in two digits before."""
    first, second, third = re.findall(r"\d+", found[0])
    return _is_day_and_month(first, second) or (len(first) == 2 and _is_day_and_month(second, third))


def _is_day_and_month(*numbers: str) -> bool:
    lower, higher = sorted(map(int, numbers))
    return 0 < lower <= 12 and higher <= 31


def month_and_day_before(found: re.Match[str]) -> bool:
    return _MONTH_AND_DAY.search(found.string, max(found.start() - 24, 0), found.start()) is not None


def word_of_day_before(found: re.Match[str]) -> bool:
    """Return whether a word stands before two numbers that makes them a day, and no score or share."""
    return _WORD_OF_DAY.search(found.string, max(found.start() - 16, 0), found.start()) is not None


CHECKS: dict[str, Callable[[re.Match[str]], bool]] = {
    "": lambda found: True,
    "luhn": luhn,
    "dea": dea,
    "vin": vin,
    "ip_address": ip_address,
    "network_address": network_address,
    "day_and_month": day_and_month,
    "month_and_day_before": month_and_day_before,
    "word_of_day_before": word_of_day_before,
}
"""The column `check` of `tables/gate_shapes.csv`."""

"""Numbers and codes that look like what they replace: digit for digit, letter for letter, dashes kept.

What could be somebody's is avoided: telephones are 555-01xx, social security numbers begin with 9, addresses
of the net are those that RFC 2606, 3849 and 5737 set aside, vehicle and card numbers fail their check.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from edscribe_pipelines.deidentify.replacing.draws import Draw
from edscribe_pipelines.deidentify.replacing.safe_harbor import zip3

_EXTENSION = re.compile(r"(?i)[ ,]*(?:x|ext\.?|extension)[ .:#]*[\d\-]+$")
_SPOKEN_IN_NUMBERS = frozenset({"x", "ext", "extension", "p"})
_MASKS = "xX"
_RUN = re.compile(r"[^\W\d_]+|\d")
_NUMBER_STARTS = re.compile(r"(?<!\d)[1-9]")
_CAMERA = re.compile(r"(?i)(?:IMG|DSCN?|DCIM|PXL|PIC|PHOTO|MVI|SCREENSHOT|IMAGE)(?![^\W\d_])")
_CARD_DIGITS = 13
_VIN_LENGTH = 17


def reshaped(value: str, draw: Draw) -> str:
    """Return other digits and letters in the places of those of `value`; no number gains a leading zero."""
    fake = [_other(character, draw) for character in value]
    for start in _NUMBER_STARTS.finditer(value):
        fake[start.start()] = draw.one_of("123456789")
    return "".join(fake)


def phone(value: str, draw: Draw) -> str:
    """Return a telephone number of the 555-01xx range; a pager or extension becomes other digits."""
    extension = _EXTENSION.search(value)
    number = value[: extension.start()] if extension else value
    digits = list(_phone_digits(sum(character.isdigit() for character in number), draw))
    fake = _RUN.sub(lambda run: digits.pop(0) if run[0].isdigit() else _spoken(run[0], draw), number)
    return fake + (_RUN.sub(lambda run: _spoken(run[0], draw), extension[0]) if extension else "")


def phone_of_record(value: str) -> str:
    """Return the digits that make two spellings of a telephone number the same."""
    digits = "".join(character for character in _EXTENSION.sub("", value) if character.isdigit())
    return digits[1:] if len(digits) == 11 and digits[0] == "1" else digits


def social_security(value: str, draw: Draw) -> str:
    """Return a number of the area 9xx and a group under 50, which is neither issued nor a taxpayer's number."""
    fake = "".join(character if character in _MASKS else _other(character, draw) for character in value)
    spots = [index for index, character in enumerate(fake) if character.isdigit()]
    if len(spots) != 9:
        return fake
    changed = {spots[0]: "9", spots[3]: str(draw.below(5))}
    return "".join(changed.get(index, character) for index, character in enumerate(fake))


def vehicle(value: str, draw: Draw) -> str:
    """Return another plate or VIN. No VIN holds I, O or Q: one that does is nobody's, whatever its check digit."""
    fake = reshaped(value, draw)
    letter = re.search(r"[A-Za-z]", fake)
    if letter is None or sum(character.isalnum() for character in fake) != _VIN_LENGTH:
        return fake
    other = draw.one_of("IOQ")
    return fake[: letter.start()] + (other if letter[0].isupper() else other.lower()) + fake[letter.end() :]


def number(value: str, draw: Draw) -> str:
    """Return another number or code; one as long as a card's fails Luhn's check."""
    fake = reshaped(value, draw)
    digits = [int(character) for character in fake if character.isdigit()]
    if len(digits) < _CARD_DIGITS or not _passes_luhn(digits):
        return fake
    last = max(index for index, character in enumerate(fake) if character.isdigit())
    return fake[:last] + str((int(fake[last]) + 1) % 10) + fake[last + 1 :]


def network_address(value: str, draw: Draw) -> str:
    if ":" not in value:
        return f"203.0.113.{1 + draw.below(254)}"
    groups = value.split(":")
    tail = ["".join(draw.one_of("0123456789abcdef") for _ in group) for group in groups[2:]]
    return ":".join(["2001", "db8", *(tail if any(tail) else ["", f"{draw.below(0xFFFF):x}"])])


def zip_code(value: str, draw: Draw) -> str:
    """Return a ZIP code that keeps what Safe Harbor lets out of it."""
    prefix = zip3(value)
    return prefix + reshaped(value[3:], draw) if prefix else reshaped(value, draw)


def photo(value: str, draw: Draw) -> str:
    """Return another file name; a camera's prefix and the extension tell nothing and stay."""
    camera, dot = _CAMERA.match(value), value.rfind(".")
    start, end = camera.end() if camera else 0, dot if dot > 0 else len(value)
    return value[:start] + reshaped(value[start:end], draw) + value[end:]


SHAPES: dict[str, Callable[[str, Draw], str]] = {
    "PHONE": phone,
    "FAX": phone,
    "SSN": social_security,
    "VEHICLE": vehicle,
    "IP": network_address,
    "ZIP": zip_code,
    "PHOTO": photo,
    **dict.fromkeys(
        ("MRN", "HEALTH_PLAN", "ACCOUNT", "LICENSE", "DEVICE", "BIOMETRIC", "ROOM", "OTHER_ID"),
        number,
    ),
}


def _other(character: str, draw: Draw) -> str:
    if character.isdigit():
        return draw.one_of("0123456789")
    if character.isalpha():
        return draw.one_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ" if character.isupper() else "abcdefghijklmnopqrstuvwxyz")
    return character


def _spoken(run: str, draw: Draw) -> str:
    return run if run.lower() in _SPOKEN_IN_NUMBERS else reshaped(run, draw)


def _phone_digits(count: int, draw: Draw) -> str:
    def digits(how_many: int) -> str:
        return "".join(draw.one_of("0123456789") for _ in range(how_many))

    if count < 7:
        return digits(count)
    line = "55501" + digits(2)
    if count < 10:
        return digits(count - 7) + line
    return ("1" if count == 11 else digits(count - 10)) + str(2 + draw.below(8)) + digits(2) + line


def _passes_luhn(digits: list[int]) -> bool:
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0

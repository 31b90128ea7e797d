"""Identifiers planted into notes that hold none, and those of marked notes exchanged for others.

What is planted is a phrase of `phrases.tsv` with values of `values.py` in its slots. So the words around an identifier
are people's, and its value is another one each time: context and form decide, and not the value.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from phi_reader.marked import Part
from phi_reader.values import LOOK_ALIKES, Values

_SLOT = re.compile(r"\{([A-Z_0-9]+)\}")
_PLACE = re.compile(r"(?<=[.;,])[ ]|\n|(?<=[a-z]{3}) (?=[a-z])")
_JOINTS = ("\n", "\n", ". ", " ", "; ", ", ", " - ", " (", " / ")
_EXCHANGED = 0.75

Change = Callable[[list[Part], random.Random], list[Part]]


def planted(note: str, values: Values, chance: random.Random) -> list[Part]:
    """Return `note` with phrases at some of its borders."""
    places = [match.end() for match in _PLACE.finditer(note)]
    wanted = min(len(places), chance.randint(4, 16))
    parts: list[Part] = []
    end = 0
    for place in sorted(chance.sample(places, wanted)):
        parts += [(note[end:place], None), *_phrase(values, chance)]
        joint = chance.choice(_JOINTS)
        parts.append((joint, None))
        end = place
    parts.append((note[end:], None))
    return _changed([part for part in parts if part[0]], chance)


def shaken(note: str, chance: random.Random) -> list[Part]:
    """Return a note without identifiers in another layout."""
    return _changed([(note, None)], chance)


def exchanged(parts: Sequence[Part], values: Values, chance: random.Random) -> list[Part]:
    """Return a marked note with most of its identifiers exchanged for others of their category."""
    laid = [
        (_another(text, category, values, chance), category) if category else (text, None) for text, category in parts
    ]
    return _changed(laid, chance)


def _another(text: str, category: str, values: Values, chance: random.Random) -> str:
    if category in ("OTHER", "BIOMETRIC") or chance.random() > _EXCHANGED:
        return text
    kind = category
    if category == "NAME" and len(text.split()) == 1:
        kind = chance.choice(("GIVEN", "SURNAME"))
    value = values.value(kind)
    if text.islower():
        return value.lower()
    return value.upper() if len(text) > 3 and text.isupper() else value


def _phrase(values: Values, chance: random.Random) -> list[Part]:
    _, phrase = chance.choice(_phrases())
    pieces = _SLOT.split(phrase)
    slots = [(values.value(slot), _CATEGORY.get(slot, slot)) for slot in pieces[1::2]]
    laid: list[Part] = [(pieces[0], None)]
    for slot, text in zip(slots, pieces[2::2], strict=True):
        laid += [slot, (text, None)]
    return laid


_CATEGORY = {"GIVEN": "NAME", "SURNAME": "NAME", **dict.fromkeys(LOOK_ALIKES)}
"""Of the slots that are not called by their category; what only looks like an identifier has none."""


@cache
def _phrases() -> list[tuple[str, str]]:
    lines = Path(__file__).with_name("phrases.tsv").read_text(encoding="utf-8").splitlines()
    return [(category, phrase) for category, _, phrase in (line.partition("\t") for line in lines)]


def _changed(parts: list[Part], chance: random.Random) -> list[Part]:
    for change in _CHANGES:
        if chance.random() < _HOW_OFTEN:
            parts = change(parts, chance)
    return parts


_HOW_OFTEN = 0.12


def _in_small_letters(parts: list[Part], chance: random.Random) -> list[Part]:
    return [(text.lower(), category) for text, category in parts]


def _in_capitals(parts: list[Part], chance: random.Random) -> list[Part]:
    return [(text.upper(), category) for text, category in parts]


def _names_in_small_letters(parts: list[Part], chance: random.Random) -> list[Part]:
    return [(text.lower() if category and chance.random() < 0.5 else text, category) for text, category in parts]


def _lines_lost(parts: list[Part], chance: random.Random) -> list[Part]:
    return [(re.sub(r"\s*\n\s*", " ", text), category) for text, category in parts]


def _wrapped(parts: list[Part], chance: random.Random) -> list[Part]:
    """Lines broken at a width: between words, behind hyphens, and now and then in the middle of a number."""
    width, column = chance.choice((40, 60, 72, 80)), 0
    laid: list[Part] = []
    for text, category in parts:
        pieces = []
        for piece in re.findall(r"\n|[^\S\n]+|[^\s-]+-?|-", text):
            if piece == "\n":
                column = 0
            elif column > width and piece.isspace():
                piece, column = "\n", 0
            elif column > width and pieces and pieces[-1].endswith("-"):
                piece, column = "\n" + piece, len(piece)
            else:
                column += len(piece)
            pieces.append(piece)
        laid.append(("".join(pieces), category))
    return laid


def _without_punctuation(parts: list[Part], chance: random.Random) -> list[Part]:
    """As a raw transcript, but for the marks within an identifier."""
    stops = re.compile(r"(?<!\d)[.,;:!?()\[\]]+|[.,;:]+(?!\d)")
    return [(text.lower() if category else stops.sub(" ", text.lower()), category) for text, category in parts]


_CHANGES: tuple[Change, ...] = (
    *(_names_in_small_letters, _in_small_letters, _in_capitals, _lines_lost, _wrapped, _without_punctuation),
)

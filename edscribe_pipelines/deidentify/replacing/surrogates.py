"""Surrogates: invented values in the place of real ones, the same for the same value of the same patient.

A value's fake follows from the key, the patient, the type and the value without case, accents and dashes; a
name is replaced part by part, so that every way to write it shares its fakes. If a fake stands in the note
already, as a value or as another value's fake, the next one is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import ClassVar

from edscribe_pipelines.deidentify.finding.spans import tag
from edscribe_pipelines.deidentify.finding.words import fold
from edscribe_pipelines.deidentify.replacing import people, places
from edscribe_pipelines.deidentify.replacing.draws import Draw
from edscribe_pipelines.deidentify.replacing.shapes import SHAPES, phone_of_record, reshaped

_ATTEMPTS = 400
_AT = re.compile(r"(?i) ?(?:@|\[at\]|\(at\)) ?| at ")
_DOT = re.compile(r"(?i)\.|\[dot\]| dot ")
_URL = re.compile(r"(?P<start>(?i:[a-z]+://)?(?i:www\.)?)[^/?#]*(?P<path>.*)", re.DOTALL)
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_OF_WORDS = frozenset({"NAME", "ADDRESS", "CITY", "HOSPITAL", "EMPLOYER"})
_ORDINAL = re.compile(r"(?i)\d+(?=(?:st|nd|rd|th)$)")

Make = Callable[[Draw, int], str]


class NoFakeLeft(Exception):
    """Every fake that a value could have stands in the note already."""


class Surrogates:
    """The fakes of one patient. `values` are a note's values with their types, `words` what else no fake may be."""

    invents: ClassVar[bool] = True

    def __init__(
        self, key: bytes, patient_key: str, values: Iterable[tuple[str, str]] = (), words: Iterable[str] = ()
    ) -> None:
        self._key, self._patient = key, patient_key
        self._writers: dict[str, Callable[[str, str], str]] = {
            **dict.fromkeys(SHAPES, self._shape),
            **dict.fromkeys(("CITY", "HOSPITAL", "EMPLOYER"), self._place),
            "NAME": self._name,
            "ADDRESS": self._address,
            "EMAIL": self._email,
            "URL": self._url,
        }
        self._letters: dict[str, str] = {}
        self._attempts: dict[tuple[str, str], int] = {}
        self._owners: dict[str, tuple[str, str]] = {}
        distinct = sorted({(value, span_type) for value, span_type in values if span_type in self._writers})
        self._taken = {bare(word) for word in words} | {bare(value) for value, _ in distinct}
        for value, span_type in distinct:
            if span_type in _OF_WORDS:
                self._taken.update(map(bare, people.NAME_PART.findall(value)))
        self._written = {(value, span_type): self._fake_of(value, span_type) for value, span_type in distinct}

    def write(self, value: str, span_type: str) -> str:
        """Return the fake of `value`; the tag of a type that has no fakes, or where none is left."""
        return self._written.get((value, span_type)) or self._fake_of(value, span_type)

    def _fake_of(self, value: str, span_type: str) -> str:
        if span_type not in self._writers or not bare(value):
            return tag(span_type)
        try:
            fake = self._writers[span_type](value, span_type)
        except NoFakeLeft:
            return tag(span_type)
        return tag(span_type) if bare(fake) == bare(value) else fake

    def _first_free(self, kind: str, seed: str, make: Make) -> str:
        owner = kind, seed
        if owner in self._attempts:
            return make(self._draw(owner, self._attempts[owner]), self._attempts[owner])
        for attempt in range(_ATTEMPTS):
            fake = make(self._draw(owner, attempt), attempt)
            mark = bare(fake)
            if mark not in self._taken and self._owners.setdefault(mark, owner) == owner:
                self._attempts[owner] = attempt
                return fake
        raise NoFakeLeft

    def _draw(self, owner: tuple[str, str], attempt: int) -> Draw:
        return Draw(self._key, "surrogate", self._patient, *owner, str(attempt))

    def _shape(self, value: str, span_type: str) -> str:
        seed = phone_of_record(value) if span_type in ("PHONE", "FAX") else ""
        return self._first_free(span_type, seed or bare(value), lambda draw, _: SHAPES[span_type](value, draw))

    def _name(self, value: str, _: str) -> str:
        if people.INITIALS.fullmatch(value) and not people.is_short_name(bare(value)):
            return self._first_free("INITIALS", bare(value), lambda draw, _: people.fake_initials(value, draw))
        parts = people.NAME_PART.findall(value)
        return str(people.NAME_PART.sub(lambda part: self._name_part(part[0], len(parts) == 1), value))

    def _name_part(self, part: str, is_alone: bool) -> str:
        if part in people.NO_NAME and not is_alone:
            return part
        if part in people.PARTICLES and not is_alone:
            others = [particle for particle in people.PARTICLES if particle != part]
            return self._draw(("PARTICLE", part), 0).one_of(others)
        return self._word(part)

    def _word(self, word: str) -> str:
        seed = bare(word)
        letter = self._letter(seed[:1].upper())
        if len(word) == 1 and letter:
            return letter if word.isupper() else letter.lower()
        return people.in_case_of(word, self._first_free("NAME", seed, _name_maker(seed, letter)))

    def _letter(self, first: str) -> str:
        if first not in self._letters:
            self._letters[first] = people.fake_letter(first, self._draw(("LETTER", first), 0))
        return self._letters[first]

    def _place(self, value: str, span_type: str) -> str:
        name = places.without_kind(value, span_type)
        fake = self._first_free("PLACE", bare(name), lambda draw, _: places.fake_place(draw))
        return people.in_case_of(name, fake) + value[len(name) :]

    def _address(self, value: str, span_type: str) -> str:
        return self._first_free(span_type, bare(value), lambda draw, _: self._address_like(value, draw))

    def _address_like(self, value: str, draw: Draw) -> str:
        pieces, done, has_name = [], 0, False
        for part in places.ADDRESS_PART.finditer(value):
            pieces += [value[done : part.start()], self._address_part(part[0], has_name, draw)]
            has_name |= pieces[-1] != part[0] and not any(character.isdigit() for character in part[0])
            done = part.end()
        return "".join(pieces) + value[done:]

    def _address_part(self, part: str, is_after_name: bool, draw: Draw) -> str:
        if any(character.isdigit() for character in part):
            ordinal = _ORDINAL.match(part)
            end = ordinal.end() if ordinal else len(part)
            return reshaped(part[:end], draw) + part[end:]
        return part if places.stays_in_address(part, is_after_name) else self._word(part)

    def _email(self, value: str, span_type: str) -> str:
        at = _AT.search(value)
        local, domain = (value[: at.start()], value[at.start() :]) if at else (value, "")
        dots = _DOT.findall(domain)
        host = f"{at[0]}example{dots[-1]}org" if at and dots else "@example.org"

        def make(draw: Draw, attempt: int) -> str:
            name = _LETTERS_OR_DIGITS.sub(lambda run: self._login_part(run[0], draw), local)
            return name + (str(attempt) if attempt else "") + host

        return self._first_free(span_type, bare(value), make)

    def _login_part(self, run: str, draw: Draw) -> str:
        return reshaped(run, draw) if len(run) < 3 or run[0].isdigit() else self._word(run)

    def _url(self, value: str, span_type: str) -> str:
        match = _URL.fullmatch(value)
        if match is None or not (match["start"] or match["path"] or "." in value):
            return self._first_free(span_type, bare(value), lambda draw, _: reshaped(value, draw))

        def make(draw: Draw, _: int) -> str:
            return f"{match['start']}{places.fake_place(draw).lower()}.example.org{reshaped(match['path'], draw)}"

        return self._first_free(span_type, bare(value), make)


def bare(value: str) -> str:
    """Return the letters and digits of `value`, without case and accents."""
    return _NOT_ALNUM.sub("", fold(value))


def _name_maker(seed: str, letter: str) -> Make:
    return lambda draw, attempt: people.fake_name(seed, letter, draw, attempt)

"""ED notes with invented identifiers, from templates whose slots stand where identifiers stand; every span is known.

Run from the repository root: `python benchmarks/deid_notes/fill.py SET COUNT SEED > notes.jsonl`. A template file
(`templates/SET.txt`) separates its templates by a line `=====`. `{{kind}}`, `{{kind#2}}` and `{{person#2.form}}` are
slots; the same kind and number is the same value, or person, all through its note. `<<...>>` is a clinical phrase that
must survive, recorded as NEG; `{{neg}}` draws one, another each time.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from deid_notes.persons import FORMS, People, Person
from deid_notes.values import Values

TYPES = {
    "patient": "NAME", "kin": "NAME", "provider": "NAME_PROVIDER", "date_full": "DATE_FULL", "dob": "DATE_FULL",
    "date_partial": "DATE_PARTIAL", "age_over_89": "AGE_GT_89", "phone": "PHONE", "fax": "PHONE",
    "phone_ext": "PHONE_EXT", "pager": "PAGER", "email": "EMAIL", "url": "URL", "ip": "IP", "ssn": "SSN", "mrn": "MRN",
    "account": "ACCOUNT", "health_plan": "HEALTH_PLAN", "license": "LICENSE", "vin": "VEHICLE", "plate": "VEHICLE",
    "device": "DEVICE", "biometric": "BIOMETRIC", "photo": "PHOTO", "room": "ROOM", "other_id": "OTHER_ID",
    "address": "ADDRESS", "city": "CITY", "zip": "ZIP", "hospital": "HOSPITAL", "employer": "EMPLOYER",
    "age": "NEG_AGE", "neg": "NEG",
}  # fmt: skip
PERSONS = ("patient", "kin", "provider")
_SAME_FAMILY = 0.2
_ATTEMPTS = 200
_MARK = re.compile(r"\{\{([^{}\n]*)\}\}|<<((?:(?!<<|>>|\{\{|\}\})[^\n])+)>>")
_SLOT = re.compile(r"([a-z_0-9]+)(?:#(\d+))?(?:\.([a-z_]+))?")


class TemplateError(ValueError):
    """A template that cannot be filled; the message names its file and number."""


class Slot(NamedTuple):
    kind: str
    number: str
    form: str


class Phrase(NamedTuple):
    text: str


Part = str | Slot | Phrase


def notes(template_set: str, count: int, seed: int) -> Iterator[dict[str, Any]]:
    """`count` notes, no two alike, template after template: id, text, spans [start, end, type, value], template."""
    templates = read_templates(template_set)
    random = Random(f"{template_set} {seed}")
    people, values, seen = People(random), Values(random, template_set.startswith("held_out")), set()
    for number in range(count):
        template = number % len(templates)
        for _ in range(_ATTEMPTS):
            text, spans = _filled(templates[template], _Draws(random, people, values))
            if text not in seen:
                break
        else:
            raise TemplateError(f"{template_set}.txt, template {template + 1}: too few slots for {count} notes")
        seen.add(text)
        yield {"id": number, "text": text, "spans": spans, "template": template + 1}


def read_templates(template_set: str) -> list[list[Part]]:
    """The parts of each template; raises TemplateError for an unknown slot or an unbalanced brace."""
    path = Path(__file__).parent / "templates" / f"{template_set}.txt"
    texts = re.split(r"^=====[ \t]*$", path.read_text("utf-8"), flags=re.MULTILINE)
    written = [text.strip("\n") + "\n" for text in texts if text.strip()]
    return [_parts(text, f"{path.name}, template {number}") for number, text in enumerate(written, 1)]


def _parts(text: str, where: str) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for mark in _MARK.finditer(text):
        parts.append(_literal(text[end : mark.start()], where))
        parts.append(Phrase(mark[2]) if mark[1] is None else _slot(mark[1], where))
        end = mark.end()
    return [*parts, _literal(text[end:], where)]


def _literal(text: str, where: str) -> str:
    if stray := re.search(r"[{}]|<<|>>", text):
        raise TemplateError(f"{where}: unbalanced {stray[0]!r} near {text[max(0, stray.start() - 30) :][:60]!r}")
    return text


def _slot(written: str, where: str) -> Slot:
    slot = _SLOT.fullmatch(written)
    kind, number, form = slot.groups(default="") if slot else ("", "", "")
    if kind not in TYPES or (form not in FORMS if kind in PERSONS else form):
        raise TemplateError(f"{where}: unknown slot {{{{{written}}}}}")
    return Slot(kind, number or "1", form)


class _Draws:
    """The values of one note: the same kind and number gives the same, another number gives another."""

    def __init__(self, random: Random, people: People, values: Values) -> None:
        self._random, self._people, self._values = random, people, values
        self._drawn: dict[tuple[str, str], Any] = {}

    def pieces(self, slot: Slot) -> list[str]:
        """Values and, between two of them, the punctuation."""
        value = self._value(slot.kind, str(len(self._drawn)) if slot.kind == "neg" else slot.number)
        return FORMS[slot.form](value) if slot.form else [value]

    def _value(self, kind: str, number: str) -> Any:
        if (kind, number) not in self._drawn:
            taken = {value for (other, _), value in self._drawn.items() if other == kind}
            drawn = iter(lambda: self._person(kind) if kind in PERSONS else self._values.draw[kind](), None)
            self._drawn[kind, number] = next(value for value in islice(drawn, _ATTEMPTS) if value not in taken)
        return self._drawn[kind, number]

    def _person(self, kind: str) -> Person:
        related = kind == "kin" and self._random.random() < _SAME_FAMILY
        return self._people.draw(self._value("patient", "1").last if related else None)


def _filled(parts: list[Part], draws: _Draws) -> tuple[str, list[list[Any]]]:
    text, spans = "", []
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        pieces, kind = ([part.text], "neg") if isinstance(part, Phrase) else (draws.pieces(part), part.kind)
        initials = isinstance(part, Slot) and part.form in ("initials", "dotted")
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                label = "NAME_INITIALS" if initials else TYPES[kind]
                spans.append([len(text), len(text) + len(piece), label, piece])
            text += piece
    return text, spans


if __name__ == "__main__":
    for note in notes(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])):
        print(json.dumps(note, ensure_ascii=False))

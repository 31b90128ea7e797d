"""One pass over all that stands inside a resource, at any depth: texts, objects, references, labels of elements."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.narrative import is_narrative, is_printable
from edscribe_pipelines.fhir.validation.datatypes import ElementRule, rules_of_elements
from edscribe_pipelines.fhir.validation.extensions import INLINE_LABEL, is_absent

_FINER_THAN_A_YEAR = re.compile(r"\d{4}-\d{2}(-\d{2}(T.*)?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
"""Language, script and region of BCP 47 (RFC 5646, 2009)."""
_WITHOUT_CONTENT = frozenset({"extension", "id"})


class Inside:
    """What a pass finds: broken rules, (element, reference) pairs, and the labels that single elements carry."""

    __slots__ = ("asked", "inline_labels", "references", "rules")

    def __init__(self) -> None:
        self.asked: dict[str, tuple[ElementRule, ...]] = rules_of_elements()
        self.rules: list[str] = []
        self.references: list[tuple[str, str]] = []
        self.inline_labels: list[dict[str, str] | None] = []


def look_inside(resource: Resource) -> Inside:
    """Return what is found inside `resource`."""
    found = Inside()
    _visit(resource["resourceType"], resource, found)
    return found


def _visit(name: str, owner: dict[str, Any], found: Inside) -> None:
    """Look at the object in element `name`, and at all that it holds."""
    for rule in found.asked.get(name, ()):
        if broken := rule(owner):
            found.rules.append(broken)
    for key, value in owner.items():
        kind = type(value)
        if kind is str:
            if (key in _READ_APART or _wrong_text(value)) and (broken := _wrong(name, key, value, found)):
                found.rules.append(broken)
        elif kind is dict:
            _visit(key, value, found)
            if key[0] == "_" and key[1:] in owner and is_absent(value):
                found.rules.append("absent-beside-value")
        elif kind is list:
            _visit_all(key, value, found)
        elif value is None:
            found.rules.append("null")
    if "extension" in owner:
        _visit_extended(name, owner, found)
    if not owner:
        found.rules.append("empty-object")


def _visit_all(key: str, values: list[Any], found: Inside) -> None:
    if not values:
        found.rules.append("empty-array")
    for value in values:
        if isinstance(value, dict):
            _visit(key, value, found)
        elif value is None:
            found.rules.append("null")
        elif isinstance(value, str) and (broken := _wrong_text(value)):
            found.rules.append(broken)


def _visit_extended(name: str, owner: dict[str, Any], found: Inside) -> None:
    if name != "extension" and is_absent(owner) and not owner.keys() <= _WITHOUT_CONTENT:
        found.rules.append("absent-beside-value")
    labels = [extension for extension in owner["extension"] if extension.get("url") == INLINE_LABEL]
    found.inline_labels += [label.get("valueCoding") for label in labels]


_READ_APART = frozenset({"reference", "div", "language", "data", "id"})
"""Strings with rules of their own, and without those of a text: `id` and `data` are looked at elsewhere."""


def _wrong(name: str, key: str, text: str, found: Inside) -> str | None:
    if key == "reference":
        found.references.append((name, text))
        return None
    if key == "div":
        return None if is_narrative(text) else "narrative-xhtml"
    if key == "language":
        return None if _LANGUAGE.fullmatch(text) else "language"
    return None if key in _READ_APART else _wrong_text(text)


@lru_cache(maxsize=4096)
def _wrong_text(text: str) -> str | None:
    """Return the rule that a text breaks. Most texts of an export are the same few codes and addresses."""
    if not text or text.isspace():
        return "blank-string"
    if text[4:5] == "-" and _FINER_THAN_A_YEAR.fullmatch(text):
        return "date-finer-than-year"
    return None if text.isprintable() or is_printable(text) else "control-character"

"""One pass over all that stands inside a resource, at any depth: texts, objects, references, labels of elements."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.narrative import is_narrative, is_printable
from edscribe_pipelines.fhir.validation.datatypes import rules_of_elements
from edscribe_pipelines.fhir.validation.extensions import INLINE_LABEL, is_absent

_FINER_THAN_A_YEAR = re.compile(r"\d{4}-\d{2}(-\d{2}(T.*)?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
"""Language, script and region of BCP 47 (RFC 5646, 2009)."""
_WITHOUT_CONTENT = frozenset({"extension", "id"})


class Inside:
    """What a pass finds: broken rules, (element, reference) pairs, and the labels that single elements carry."""

    __slots__ = ("inline_labels", "references", "rules")

    def __init__(self) -> None:
        self.rules: list[str] = []
        self.references: list[tuple[str, str]] = []
        self.inline_labels: list[dict[str, str] | None] = []


def look_inside(resource: Resource) -> Inside:
    """Return what is found inside `resource`."""
    found = Inside()
    asked = rules_of_elements()
    objects = [(resource["resourceType"], resource)]
    for name, owner in objects:
        if name in asked:
            found.rules += [broken for rule in asked[name] if (broken := rule(owner))]
        if "extension" in owner:
            _look_at_extensions(name, owner, found)
        for key, value in owner.items():
            kind = type(value)
            if kind is str:
                if key in _READ_APART:
                    _read_apart(name, key, value, found)
                elif broken := _wrong_text(value):
                    found.rules.append(broken)
            elif kind is dict:
                objects.append((key, value))
                if key[0] == "_" and key[1:] in owner and is_absent(value):
                    found.rules.append("absent-beside-value")
            elif kind is list:
                objects += _listed(key, value, found)
            elif value is None:
                found.rules.append("null")
        if not owner:
            found.rules.append("empty-object")
    return found


def _listed(key: str, values: list[Any], found: Inside) -> list[tuple[str, Resource]]:
    """Return the objects of a list as those of element `key`, and look at its texts."""
    if not values:
        found.rules.append("empty-array")
    objects = [(key, value) for value in values if type(value) is dict]
    if len(objects) < len(values):
        rules = ["null" if value is None else _wrong_text(value) for value in values if not isinstance(value, dict)]
        found.rules += filter(None, rules)
    return objects


def _look_at_extensions(name: str, owner: dict[str, Any], found: Inside) -> None:
    if name != "extension" and is_absent(owner) and not owner.keys() <= _WITHOUT_CONTENT:
        found.rules.append("absent-beside-value")
    labels = [extension for extension in owner["extension"] if extension.get("url") == INLINE_LABEL]
    found.inline_labels += [label.get("valueCoding") for label in labels]


_READ_APART = frozenset({"reference", "div", "language", "data", "id"})
"""Strings with rules of their own, and without those of a text: `id` and `data` are looked at elsewhere."""


def _read_apart(name: str, key: str, text: str, found: Inside) -> None:
    if key == "reference":
        found.references.append((name, text))
    elif key == "div" and not is_narrative(text):
        found.rules.append("narrative-xhtml")
    elif key == "language" and not _LANGUAGE.fullmatch(text):
        found.rules.append("language")


@lru_cache(maxsize=4096)
def _wrong_text(text: str) -> str | None:
    """Return the rule that a text breaks. Most texts of an export are the same few codes and addresses."""
    if not text or text.isspace():
        return "blank-string"
    if text[4:5] == "-" and _FINER_THAN_A_YEAR.fullmatch(text):
        return "date-finer-than-year"
    return None if text.isprintable() or is_printable(text) else "control-character"

"""One pass over all that stands inside a resource, at any depth: texts, objects, references, labels of elements."""

from __future__ import annotations

import re
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
    """Return what is found inside `resource`; the resources of a Bundle are not looked into."""
    found = Inside()
    _visit(resource["resourceType"], resource, found)
    return found


def _visit(name: str, owner: dict[str, Any], found: Inside) -> None:
    """Look at the object in element `name`, and at all that it holds."""
    for rules in rules_of_elements().get(name, ()):
        found.rules += rules(owner)
    if "extension" in owner:
        _extended(name, owner, found)
    for key, value in owner.items():
        kind = type(value)
        if kind is str:
            _read(name, key, value, found)
        elif kind is dict:
            _enter(name, key, value, found)
        elif kind is list:
            _enter_all(key, value, found)
        elif value is None:
            found.rules.append("null")
        if key[0] == "_" and key[1:] in owner and is_absent(value):
            found.rules.append("absent-beside-value")
    if not owner:
        found.rules.append("empty-object")


def _enter(name: str, key: str, value: dict[str, Any], found: Inside) -> None:
    if not (name == "entry" and key == "resource"):
        _visit(key, value, found)


def _enter_all(key: str, values: list[Any], found: Inside) -> None:
    if not values:
        found.rules.append("empty-array")
    for value in values:
        if isinstance(value, dict):
            _visit(key, value, found)
        elif isinstance(value, str):
            _read(key, key, value, found)
        elif value is None:
            found.rules.append("null")


def _read(name: str, key: str, text: str, found: Inside) -> None:
    if key == "reference":
        found.references.append((name, text))
    if key == "div":
        found.rules += [] if is_narrative(text) else ["narrative-xhtml"]
    elif not text or text.isspace():
        found.rules.append("blank-string")
    elif text[4:5] == "-" and _FINER_THAN_A_YEAR.fullmatch(text):
        found.rules.append("date-finer-than-year")
    elif key == "language" and not _LANGUAGE.fullmatch(text):
        found.rules.append("language")
    elif not text.isprintable() and not is_printable(text):
        found.rules.append("control-character")


def _extended(name: str, owner: dict[str, Any], found: Inside) -> None:
    if name != "extension" and is_absent(owner) and not owner.keys() <= _WITHOUT_CONTENT:
        found.rules.append("absent-beside-value")
    labels = [extension for extension in owner["extension"] if extension.get("url") == INLINE_LABEL]
    found.inline_labels += [label.get("valueCoding") for label in labels]

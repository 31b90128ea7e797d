"""What R4 demands of single elements, by the element's name: invariants of `tables/invariants.csv`, and those that take
more than comparing names: extensions (`extensions`), attachments, periods and amounts."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.validation.extensions import extension_rules
from edscribe_pipelines.fhir.validation.invariants import invariants

Element = dict[str, Any]
ElementRules = Callable[[Element], Iterator[str]]


@cache
def rules_of_elements() -> dict[str, tuple[ElementRules, ...]]:
    """Return what to ask of the object in an element of a name, or in a resource of a type."""
    rules: dict[str, list[ElementRules]] = defaultdict(list)
    for invariant in invariants():
        for name in invariant.elements:
            rules[name].append(invariant.broken_by)
    for ask, names in _ASKED_OF.items():
        for name in names:
            rules[name].append(ask)
    return {name: tuple(asked) for name, asked in rules.items()}


def _attachment(attachment: Element) -> Iterator[str]:
    """Size and hash are those of the decoded data: R4 Attachment.size in bytes, .hash by SHA-1 in base64."""
    if "data" not in attachment:
        return
    try:
        data = base64.b64decode(attachment["data"], validate=True)
    except (binascii.Error, ValueError):
        yield "attachment-base64"
        return
    if attachment.get("size", len(data)) != len(data):
        yield "attachment-size"
    digest = base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
    if attachment.get("hash", digest) != digest:
        yield "attachment-hash"


def _period(period: Element) -> Iterator[str]:
    start, end = period.get("start"), period.get("end")
    if start and end and start[: len(end)] > end[: len(start)]:
        yield "invariant:per-1"


def _amount(amount: Element) -> Iterator[str]:
    if amount.get("value", 0) < 0:
        yield "negative-amount"


_ASKED_OF: dict[ElementRules, tuple[str, ...]] = {
    extension_rules: ("extension", "modifierExtension"),
    _attachment: ("attachment",),
    _period: ("period", "effectivePeriod", "occurredPeriod"),
    _amount: ("length", "dose", "valueDuration"),
}

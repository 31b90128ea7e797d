"""What R4 demands of single elements, by the element's name: invariants of `tables/invariants.csv`, and those that take
more than comparing names: extensions (`extensions`), attachments, periods and amounts."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.validation.extensions import extension_rule
from edscribe_pipelines.fhir.validation.invariants import invariants

Element = dict[str, Any]
ElementRule = Callable[[Element], str | None]
"""Returns the name of the rule that an element breaks, None where it breaks none."""


@cache
def rules_of_elements() -> dict[str, tuple[ElementRule, ...]]:
    """Return what to ask of the object in an element of a name, or in a resource of a type."""
    rules: dict[str, list[ElementRule]] = defaultdict(list)
    for invariant in invariants():
        for name in invariant.elements:
            rules[name].append(invariant.broken_by)
    for rule, names in _ASKED_OF.items():
        for name in names:
            rules[name].append(rule)
    return {name: tuple(asked) for name, asked in rules.items()}


def _attachment(attachment: Element) -> str | None:
    """Size and hash are those of the decoded data: R4 Attachment.size in bytes, .hash by SHA-1 in base64."""
    if "data" not in attachment:
        return None
    try:
        data = base64.b64decode(attachment["data"], validate=True)
    except (binascii.Error, ValueError):
        return "attachment-base64"
    if attachment.get("size", len(data)) != len(data):
        return "attachment-size"
    digest = base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
    return None if attachment.get("hash", digest) == digest else "attachment-hash"


def _period(period: Element) -> str | None:
    start, end = period.get("start", ""), period.get("end", "")
    return "invariant:per-1" if start[: len(end)] > end[: len(start)] else None


def _amount(amount: Element) -> str | None:
    return "negative-amount" if amount.get("value", 0) < 0 else None


_ASKED_OF: dict[ElementRule, tuple[str, ...]] = {
    extension_rule: ("extension", "modifierExtension"),
    _attachment: ("attachment",),
    _period: ("period", "effectivePeriod", "occurredPeriod"),
    _amount: ("length", "dose", "valueDuration"),
}

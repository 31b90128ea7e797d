"""R4's own definitions, by fhirkit: elements, cardinalities, data types."""

from __future__ import annotations

import re

import fhirkit

_INDEX = re.compile(r"\[\d+\]")


def r4_rules(written: bytes) -> list[str]:
    """Return the paths that fhirkit objects to in a resource as JSON, without indexes; its messages quote values and
    are dropped."""
    issues = fhirkit.validate(written)
    return ["r4:" + _INDEX.sub("", issue.path) for issue in issues if issue.severity == "error"]

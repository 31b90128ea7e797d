"""R4's own definitions, by fhirkit: elements, cardinalities, data types."""

from __future__ import annotations

import re

import fhirkit
import orjson

from edscribe_pipelines.fhir.elements import Resource

_INDEX = re.compile(r"\[\d+\]")


def r4_rules(resource: Resource) -> list[str]:
    """Return the paths that fhirkit objects to, without indexes; its messages quote values and are dropped."""
    issues = fhirkit.validate(orjson.dumps(resource))
    return ["r4:" + _INDEX.sub("", issue.path) for issue in issues if issue.severity == "error"]

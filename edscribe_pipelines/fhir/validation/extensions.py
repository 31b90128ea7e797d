"""Extensions, as rows of `tables/extensions.csv`: which ones are known, and what each holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.tables import read_table

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
INLINE_LABEL = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"


@dataclass(frozen=True)
class KnownExtension:
    """One row: the element that holds its value, or the names of the extensions inside it."""

    value: str
    nested: frozenset[str]


def is_absent(element: dict[str, Any]) -> bool:
    """Whether an extension says why the value of `element` is not there."""
    return any(extension.get("url") == ABSENT for extension in element.get("extension", ()))


def extension_rules(extension: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one extension; the name of one inside another is looked at with its owner."""
    values = {name.removeprefix("_") for name in extension} - {"id", "url", "extension"}
    if len(values) + ("extension" in extension) != 1:
        yield "invariant:ext-1"
    url = extension.get("url", "")
    known = _known().get(url)
    if known is None:
        if "://" in url:
            yield "extension-unknown"
    elif known.value not in (*values, ""):
        yield "extension-value"
    elif known.nested and known.nested != {inside.get("url") for inside in extension.get("extension", ())}:
        yield "extension-parts"


@cache
def _known() -> dict[str, KnownExtension]:
    rows = read_table("extensions.csv", TABLES)
    return {row["url"]: KnownExtension(row["value"], frozenset(row["nested"].split())) for row in rows}

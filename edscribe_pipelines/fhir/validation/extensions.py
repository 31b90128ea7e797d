"""Extensions, as rows of `tables/extensions.csv`: which ones are known, and what each holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.tables import read_table

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
INLINE_LABEL = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"
_NO_VALUES = frozenset({"id", "url", "extension"})


@dataclass(frozen=True)
class KnownExtension:
    """One row: the element that holds its value, or the names of the extensions inside it."""

    value: str
    nested: frozenset[str]


def is_absent(element: dict[str, Any]) -> bool:
    """Whether an extension says why the value of `element` is not there."""
    return any(extension.get("url") == ABSENT for extension in element.get("extension", ()))


def extension_rule(extension: dict[str, Any]) -> str | None:
    """Return what is wrong with one extension; the name of one inside another is looked at with its owner."""
    values = {name.removeprefix("_") for name in extension} - _NO_VALUES
    if len(values) + ("extension" in extension) != 1:
        return "invariant:ext-1"
    url = extension.get("url", "")
    known = _known().get(url)
    if known is None:
        return "extension-unknown" if "://" in url else None
    if known.value and known.value not in values:
        return "extension-value"
    if known.nested and known.nested != {inside.get("url") for inside in extension.get("extension", ())}:
        return "extension-parts"
    return None


@cache
def _known() -> dict[str, KnownExtension]:
    rows = read_table("extensions.csv", TABLES)
    return {row["url"]: KnownExtension(row["value"], frozenset(row["nested"].split())) for row in rows}

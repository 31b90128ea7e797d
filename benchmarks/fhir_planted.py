"""Which of the planted errors each validator finds: this project's gate, fhirkit, fhir.resources and pyrofile.

Run from the repository root: `python benchmarks/fhir_planted.py`. pyrofile-validator runs in the environment of FHIR
tools that `make install` builds. An error counts as found where a validator says of the broken encounter what it does
not say of the whole one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import fhirkit
import orjson
from fhir.resources.R4B import get_fhir_model_class

from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines_tests.fhir.planted import (
    AI_ERRORS,
    BUNDLE_ERRORS,
    CARELESS,
    CARELESS_AGAIN,
    R4_ERRORS,
    Planted,
    Rows,
    golden,
)
from edscribe_pipelines_tests.fhir.pyrofile import pyrofile_errors

RESULTS = Path(__file__).parent / "results" / "fhir_planted.jsonl"
GROUPS = {
    "R4": R4_ERRORS,
    "Bundle": BUNDLE_ERRORS,
    "AI Transparency": AI_ERRORS,
    "thought of afterwards": CARELESS,
    "and again": CARELESS_AGAIN,
}


def main() -> None:
    result = {
        "date": date.today().isoformat(),
        "found": {group: _found(errors) for group, errors in GROUPS.items()},
        "versions": {name: version(name) for name in ("fhirkit-rs", "fhir.resources")},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    for group, found in result["found"].items():
        print(group, found)


def _found(errors: list[Planted]) -> dict[str, int]:
    validators: dict[str, Callable[[list[Rows]], list[set[str]]]] = {
        "gate": lambda encounters: [set(map(str, validate_resources(rows))) for rows in encounters],
        "fhirkit": lambda encounters: [_fhirkit(rows) for rows in encounters],
        "fhir.resources": lambda encounters: [_fhir_resources(rows) for rows in encounters],
        "pyrofile": pyrofile_errors,
    }
    broken, whole = [error.rows() for error in errors], [golden(error.golden) for error in errors]
    counts = {"errors": len(errors)}
    for name, validate in validators.items():
        told = zip(validate(broken), validate(whole), strict=True)
        counts[name] = sum(bool(of_broken - of_whole) for of_broken, of_whole in told)
    return counts


def _fhirkit(rows: Rows) -> set[str]:
    return {issue.path for row in rows for issue in fhirkit.validate(orjson.dumps(row))}


def _fhir_resources(rows: Rows) -> set[str]:
    return {row["resourceType"] for row in rows if not _is_taken(json.loads(orjson.dumps(row)))}


def _is_taken(row: dict[str, object]) -> bool:
    try:
        get_fhir_model_class(str(row["resourceType"])).model_validate(row)
    except (ValueError, KeyError, LookupError):
        return False
    return True


if __name__ == "__main__":
    main()

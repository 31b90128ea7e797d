"""The golden encounters pass pyrofile-validator on base R4, which runs in an environment of its own."""

import json
import re
import subprocess

import pytest

from edscribe_pipelines_tests.fhir.planted import PLANTED, golden, golden_names
from edscribe_pipelines_tests.fhir.servers.environment import tool

FALSE_ALARMS = {
    r"cardinality\.min (Composition\.date|Provenance\.recorded)": (
        "R4 JSON: `_date` with the extension data-absent-reason is the element; pyrofile looks for `date` alone."
    ),
    r"element\.unknown Composition\.section\[\d+\]\.text": (
        "R4 Composition.section.text 0..1: pyrofile drops elements called `text` inside other elements."
    ),
    r"extension\.unknown Device\.extension\[\d+\]": "Extensions of AI Transparency, whose definitions base R4 lacks.",
}
"""What pyrofile 0.3.0 objects to in valid resources, by code and path, with why it is valid."""

PROGRAM = """
import json, sys
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig
validator = Validator(ValidatorConfig.load_dict({"fhirVersion": "4.0.1"}))
for line in sys.stdin:
    errors = [error for row in json.loads(line) for error in validator.validate_resource(row).errors]
    print(json.dumps(sorted({f"{error.code} {error.path}" for error in errors})))
"""
SEEN_BY_PYROFILE = ("Observation.status outside the value set", "subject refers to an Encounter", "docStatus outside")


@pytest.fixture(scope="module")
def errors():
    """Return what pyrofile says of each golden encounter, and of three planted errors that it knows."""
    planted = {error.what: error.rows() for error in PLANTED if error.what.startswith(SEEN_BY_PYROFILE)}
    encounters = {name: golden(name) for name in golden_names()} | planted
    lines = "\n".join(json.dumps(rows) for rows in encounters.values())
    finished = subprocess.run(
        [tool("python"), "-c", PROGRAM], input=lines, capture_output=True, text=True, check=True, timeout=120
    )
    told = [json.loads(line) for line in finished.stdout.splitlines()]
    return {name: list(filter(_is_true, said)) for name, said in zip(encounters, told, strict=True)}


def _is_true(error):
    return not any(re.fullmatch(pattern, error) for pattern in FALSE_ALARMS)


@pytest.mark.parametrize("name", golden_names())
def test_golden_encounter_passes(errors, name):
    assert errors[name] == []


def test_an_error_that_it_knows_is_told(errors):
    told = {name: said for name, said in errors.items() if name.startswith(SEEN_BY_PYROFILE)}
    assert len(told) == len(SEEN_BY_PYROFILE)
    assert all(told.values())

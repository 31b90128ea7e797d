"""pyrofile-validator on base R4, in the environment of FHIR tools."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import orjson

from edscribe_pipelines_tests.fhir.servers.environment import tool

_PROGRAM = """
import json, sys
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig
validator = Validator(ValidatorConfig.load_dict({"fhirVersion": "4.0.1"}))
for line in sys.stdin:
    errors = [error for row in json.loads(line) for error in validator.validate_resource(row).errors]
    print(json.dumps(sorted({f"{error.code} {error.path}" for error in errors})))
"""


def pyrofile_errors(encounters: list[list[dict[str, Any]]]) -> list[set[str]]:
    """Return the errors of each list of resources as "code path"."""
    lines = b"\n".join(map(orjson.dumps, encounters))
    finished = subprocess.run([tool("python"), "-c", _PROGRAM], input=lines, capture_output=True, check=True)
    return [set(json.loads(line)) for line in finished.stdout.splitlines()]

"""How long validating an export takes: fhirkit, and this project's rules on top, against fhir.resources.

Run from the repository root: `python benchmarks/fhir_validation.py`. All three validate the same resources
of invented stays in one run; the figures are medians of three, one core.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import fhirkit
import orjson
from fhir.resources.R4B import get_fhir_model_class

from edscribe_pipelines.clinical.records import ENCOUNTER_SCHEMA
from edscribe_pipelines.clinical.sections import SECTIONS, heading
from edscribe_pipelines.fhir.note import Note
from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import validate_resources

STAYS = 200
REPEATS = 3
RESULTS = Path(__file__).parent / "results" / "fhir_validation.jsonl"


def main() -> None:
    stays = [stay_resources(_stay(number), _note(number)) for number in range(STAYS)]
    lines = [orjson.dumps(resource) for resources in stays for resource in resources]
    seconds = {
        "fhirkit": _median_seconds(lambda: _by_fhirkit(lines)),
        "edscribe": _median_seconds(lambda: _by_edscribe(stays)),
        "fhir.resources R4B": _median_seconds(lambda: _by_fhir_resources(lines)),
    }
    rates = {name: round(len(lines) / taken) for name, taken in seconds.items()}
    result = {
        "date": date.today().isoformat(),
        "resources": len(lines),
        "resources_per_second": rates,
        "ratio_fhirkit_to_fhir_resources": round(seconds["fhir.resources R4B"] / seconds["fhirkit"], 1),
        "ratio_edscribe_to_fhir_resources": round(seconds["fhir.resources R4B"] / seconds["edscribe"], 1),
        "versions": {name: version(name) for name in ("fhirkit-rs", "fhir.resources")},
        "machine_cores": os.cpu_count(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    print(
        f"{len(lines)} resources of {STAYS} stays: fhirkit {rates['fhirkit']}/s, with our rules {rates['edscribe']}/s, "
        f"fhir.resources R4B {rates['fhir.resources R4B']}/s"
    )
    print(
        f"against fhir.resources: fhirkit {result['ratio_fhirkit_to_fhir_resources']} x, "
        f"with our rules {result['ratio_edscribe_to_fhir_resources']} x"
    )


def _median_seconds(validate_all: Callable[[], None]) -> float:
    def once() -> float:
        started = time.perf_counter()
        validate_all()
        return time.perf_counter() - started

    return median(once() for _ in range(REPEATS))


def _by_fhirkit(lines: list[bytes]) -> None:
    assert not any(fhirkit.validate(line) for line in lines)


def _by_edscribe(stays: list[list[dict[str, Any]]]) -> None:
    assert not any(validate_resources(resources) for resources in stays)


def _by_fhir_resources(lines: list[bytes]) -> None:
    for line in lines:
        resource = orjson.loads(line)
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def _stay(number: int) -> dict[str, Any]:
    signs = {
        "temperature_degf": 97.5 + number % 50 / 10,
        "heart_rate_bpm": 60.0 + number % 70,
        "respiratory_rate_bpm": 12.0 + number % 12,
        "spo2_pct": 92.0 + number % 8,
        "sbp_mmhg": 100.0 + number % 80,
        "dbp_mmhg": 60.0 + number % 40,
        "pain_0_10": float(number % 11),
    }
    return {
        "schema": ENCOUNTER_SCHEMA,
        "encounter_id": f"e-{number:016x}",
        "patient_key": f"p-{number:016x}",
        "data_use": "synthetic",
        "sex": "FM"[number % 2],
        "arrival_transport": "AMBULANCE",
        "chief_complaint": "Chest pain & dyspnea",
        "triage_acuity": number % 5 + 1,
        "triage": signs,
        "vitals": [signs | {"minute": 41, "rhythm": "Sinus Rhythm"}],
        "home_medications": [{"name": "aspirin"}, {"name": "metoprolol"}],
        "dispensed": [{"minute": 12, "name": "Morphine 4 mg/1 mL vial"}],
        "diagnoses": [{"rank": 1, "code": "R079", "system": "icd10", "title": "Chest pain, unspecified"}],
        "disposition": "HOME",
        "minutes_in_ed": 180 + number,
    }


def _note(number: int) -> Note:
    text = "\n\n".join(f"{heading(section)}\nInvented & short." for section in SECTIONS)
    return Note(text, "template", "rendered")


if __name__ == "__main__":
    main()

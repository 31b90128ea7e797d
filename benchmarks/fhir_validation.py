"""How long an export takes: stays built as resources, validated and written, against fhir.resources.

Run from the repository root: `python benchmarks/fhir_validation.py [STAYS]`, 10,000 unless told otherwise. One process
on one core; times are processor seconds, which other processes on the machine hardly touch, with the time by the wall
beside them. Every planted error of the tests is validated in between and has to be found. fhir.resources R4B only
validates and dumps, and only `PEER_STAYS` of the stays.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fhirkit
import orjson
from fhir.resources.R4B import get_fhir_model_class

from edscribe_pipelines.clinical.records import ENCOUNTER_SCHEMA, NO_VITAL_SIGNS
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.fhir.models import Model
from edscribe_pipelines.fhir.ndjson import NdjsonFolder
from edscribe_pipelines.fhir.note import Note
from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines_tests.fhir.planted import CARELESS, CARELESS_AGAIN, PLANTED

STAYS = 10_000
PEER_STAYS = 150
RESULTS = Path(__file__).parent / "results" / "fhir_validation.jsonl"
_MODEL = Model("invented", "4f" * 32, "# Invented model\n\nDrafts notes.", "Write the note from the facts.")


def main(stays: int) -> None:
    written = _export(stays)
    peer = _fhir_resources(PEER_STAYS)
    result = {
        "date": date.today().isoformat(),
        "stays": stays,
        **written,
        "fhir.resources_resources_per_second": peer,
        "ratio_to_fhir_resources": round(written["resources_per_second"] / peer, 1),
        "fhirkit_alone_resources_per_second": _fhirkit(PEER_STAYS),
        "versions": {name: version(name) for name in ("fhirkit-rs", "fhir.resources")},
        "machine_cores": os.cpu_count(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    for name, value in result.items():
        print(f"{name}: {value}")


def _export(stays: int) -> dict[str, Any]:
    """Write all stays into a folder with the planted errors among them; return what it took."""
    planted = [(error.what, error.rows()) for error in (*PLANTED, *CARELESS, *CARELESS_AGAIN)]
    errors, found, tenth = cycle(planted), set[str](), 0
    every = max(1, stays // len(planted))
    with TemporaryDirectory() as folder, NdjsonFolder(Path(folder)) as target:
        wall, processor = time.perf_counter(), time.process_time()
        for number in range(stays):
            assert target.write_stay(_stay(number), _note(number)) == []
            if number % every == 0:
                what, rows = next(errors)
                found |= {what} if validate_resources(rows) else set()
            if number + 1 == stays // 10:
                tenth = _peak_mib()
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
        count = sum(target.counts().values())
    return {
        "resources": count,
        "processor_seconds": round(processor, 1),
        "wall_seconds": round(wall, 1),
        "resources_per_second": round(count / processor),
        "planted_errors": len(planted),
        "planted_errors_found": len(found),
        "peak_mib_after_a_tenth": tenth,
        "peak_mib": _peak_mib(),
    }


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _fhir_resources(stays: int) -> int:
    """Return how many resources fhir.resources validates and dumps in a second."""
    lines = list(_lines(stays))
    started = time.process_time()
    for line in lines:
        read = orjson.loads(line)
        get_fhir_model_class(read["resourceType"]).model_validate(read).model_dump_json()
    return round(len(lines) / (time.process_time() - started))


def _fhirkit(stays: int) -> int:
    lines = list(_lines(stays))
    started = time.process_time()
    assert not any(map(fhirkit.validate, lines))
    return round(len(lines) / (time.process_time() - started))


def _lines(stays: int) -> Iterator[bytes]:
    return (orjson.dumps(each) for number in range(stays) for each in stay_resources(_stay(number), _note(number)))


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
    later = NO_VITAL_SIGNS | {"minute": 41, "heart_rate_bpm": 60.0 + number % 70, "sbp_mmhg": 100.0 + number % 80}
    return {
        "schema": ENCOUNTER_SCHEMA,
        "encounter_id": f"e-{number:016x}",
        "revises": None,
        "patient_key": f"p-{number:016x}",
        "data_use": "synthetic",
        "sex": "FM"[number % 2],
        "arrival_transport": "AMBULANCE",
        "chief_complaint": "Chest pain & dyspnea",
        "triage_acuity": number % 5 + 1,
        "triage": NO_VITAL_SIGNS | signs,
        "vitals": [later],
        "home_medications": [{"name": "aspirin"}],
        "dispensed": [{"minute": 12 + number % 90, "name": "Morphine 4 mg/1 mL vial"}],
        "administered": [],
        "diagnoses": [{"rank": 1, "code": "R079", "system": "icd10", "title": "Chest pain, unspecified"}],
        "disposition": "HOME",
        "minutes_in_ed": 180 + number,
    }


def _note(number: int) -> Note:
    """Return a note of twelve sections, every other one a model's. As in MIMIC-IV-ED, most state no allergy."""
    stated = dict.fromkeys(SECTIONS, f"Invented & short, number {number}.")
    stated["Allergies"] = NOT_DOCUMENTED if number % 4 else "Penicillin (hives)."
    text = "\n\n".join(f"{heading(section)}\n{content}" for section, content in stated.items())
    return Note(text, "model", "drafted", _MODEL) if number % 2 else Note(text, "template", "rendered")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STAYS)

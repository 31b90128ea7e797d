"""Invented notes to score: twelve sections, some documented."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.evaluate.compare import Evaluation, compare_systems

CANARY = "Quillonvale"
"""A word that stands in every invented prompt and note, so that a leak of any shows."""


def write_note(contents: dict[str, str]) -> str:
    return "\n\n".join(f"{heading(section)}\n{contents.get(section, NOT_DOCUMENTED)}" for section in SECTIONS)


def invent_case(number: int, patient: int) -> dict[str, Any]:
    draw = random.Random(number)
    vitals = (
        f"HR {draw.randint(60, 110)}, RR {draw.randint(12, 20)}, BP {draw.randint(105, 160)}/{draw.randint(60, 90)}"
    )
    drugs = "; ".join(draw.sample(["aspirin", "lisinopril", "metformin", "atorvastatin", "sertraline"], 3))
    note = write_note(
        {
            "Chief Complaint": f"Chest pain in {CANARY}",
            "Medications": f"Home medications: {drugs}.",
            "Physical Examination": f"Triage vital signs: {vitals}.",
            "Disposition": "Discharged home.",
        }
    )
    prompt = f"Complaint: Chest pain in {CANARY}\nTriage: {vitals}\nHome medications: {drugs}\nDischarged home"
    return {
        "case_id": f"c-{number}",
        "patient_key": f"p-{patient}",
        "prompt": prompt,
        "completion": note,
        "tier": "rendered",
        "data_use": "synthetic",
    }


@pytest.fixture(scope="session")
def note() -> Callable[[dict[str, str]], str]:
    return write_note


@pytest.fixture(scope="session")
def canary() -> str:
    return CANARY


@pytest.fixture(scope="session")
def cases() -> list[dict[str, Any]]:
    return [invent_case(number, number // 2) for number in range(8)]


@pytest.fixture(scope="session")
def evaluation(cases: list[dict[str, Any]]) -> Evaluation:
    """An adapter that copies but for an impossible heart rate in the last note; a base without headings."""
    adapter = {case["case_id"]: case["completion"] for case in cases}
    adapter["c-7"] = adapter["c-7"].replace("HR ", "HR 9")
    base = {case["case_id"]: f"{CANARY} came with chest pain and takes warfarin 5 mg." for case in cases}
    generated = {"adapter": adapter, "base": base}
    return compare_systems(cases, generated, specialty=find_specialty("emergency_medicine"), month="2026-10", seed=3)

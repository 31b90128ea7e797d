"""Cases of invented patients whose notes differ as much as a test wants, without rendering a stay for each."""

from __future__ import annotations

import random
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import GatedCase, polars_schema
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading

SEED = 20260101
COMPLAINTS = ("Chest pain", "Cough", "s/p Fall", "Headache", "Dizziness", "Rash of unknown kind")
_WORDS = tuple(
    f"{first}{second}{third}" for first in "bdfgk" for second in ("al", "en", "or", "ut") for third in "lmnrst"
)


def note(number: int, words: int = 60) -> str:
    """Return a note of twelve sections whose words `number` seeds."""
    chance = random.Random(number)
    said = " ".join(f"{chance.choice(_WORDS)} {chance.randrange(300)}" for _ in range(words // 2))
    contents = {"History of Present Illness": f"{said}.", "Chief Complaint": COMPLAINTS[number % len(COMPLAINTS)]}
    return "\n\n".join(f"{heading(each)}\n{contents.get(each, NOT_DOCUMENTED)}" for each in SECTIONS)


def case(number: int, patient: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return a `GatedCase` row; `complaint`, `acuity` and `disposition` go into its metadata."""
    metadata = {
        "chief_complaint": changes.pop("complaint", COMPLAINTS[number % len(COMPLAINTS)]),
        "esi_level": changes.pop("acuity", number % 5 + 1),
        "disposition": changes.pop("disposition", ("HOME", "ADMITTED")[number % 2]),
        "protocols": [],
    }
    row: dict[str, Any] = {
        "case_id": f"c-{number:06}",
        "encounter_id": f"e-{number:06}",
        "patient_key": patient or f"p-{number:06}",
        "data_use": "synthetic",
        "tier": "rendered",
        "note_origin": "template",
        "revises": None,
        "prompt": f"Facts of stay {number}",
        "completion": note(number),
        "metadata": metadata,
        "provenance": [],
        "findings": [],
    }
    return row | changes


def physician_case(number: int, patient: str | None = None, **changes: Any) -> dict[str, Any]:
    return case(number, patient, **{"tier": "physician", "note_origin": "physician"} | changes)


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=polars_schema(GatedCase), orient="row")

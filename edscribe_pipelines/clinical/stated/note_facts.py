"""What a physician's note itself states plainly, as facts of its encounter.

A wrong fact is worse than a missing one: what is negated, planned, impossible, of another person or of
another day is none. Each kind of fact has a module of its own.
"""

from __future__ import annotations

from typing import cast

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.reading.dispositions import disposition_of
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reading.states import is_placeholder
from edscribe_pipelines.clinical.reading.who import who
from edscribe_pipelines.clinical.records import (
    Administered,
    ConfirmedDose,
    Diagnosis,
    Dispensed,
    HomeMedication,
    TimedVitalSigns,
    VitalSigns,
)
from edscribe_pipelines.clinical.stated.administered import administered_doses
from edscribe_pipelines.clinical.stated.arrival import stated_arrival_transport
from edscribe_pipelines.clinical.stated.coded_diagnoses import coded_diagnoses
from edscribe_pipelines.clinical.stated.esi import stated_acuity
from edscribe_pipelines.clinical.stated.home_medications import stated_home_medications
from edscribe_pipelines.clinical.stated.vital_sets import vital_sets


@with_config(ConfigDict(extra="forbid", hide_input_in_errors=True))
class NoteFacts(TypedDict, total=False):
    """What a note states, or a record system exports beside it; each field as in `records.Encounter`."""

    sex: str | None
    age_years: int | None
    arrival_transport: str | None
    chief_complaint: str | None
    triage_acuity: int | None
    triage: VitalSigns
    vitals: list[TimedVitalSigns]
    home_medications: list[HomeMedication]
    dispensed: list[Dispensed]
    administered: list[Administered]
    confirmed_doses: list[ConfirmedDose]
    diagnoses: list[Diagnosis]
    disposition: str | None
    minutes_in_ed: int | None


def facts_in_note(text: str) -> NoteFacts:
    """Return the facts; a field that the note does not state is absent."""
    sections = parse_note(text).sections
    age_years, sex = who(text)
    triage, later = vital_sets(text)
    facts = {
        "sex": sex,
        "age_years": age_years,
        "arrival_transport": stated_arrival_transport(text),
        "chief_complaint": _complaint(sections.get("Chief Complaint", "")),
        "triage_acuity": stated_acuity(text),
        "triage": triage,
        "vitals": later,
        "home_medications": stated_home_medications(sections.get("Medications", "")),
        "administered": administered_doses(text),
        "diagnoses": coded_diagnoses(text),
        "disposition": disposition_of(parse_note(text)),
    }
    return cast(NoteFacts, {name: fact for name, fact in facts.items() if fact not in (None, [])})


def _complaint(section: str) -> str | None:
    if is_placeholder("Chief Complaint", section):
        return None
    return section.splitlines()[0].strip(" \t\"'“”").rstrip(".")

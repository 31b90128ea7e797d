"""The facts of one encounter in the words in which the scribe is given them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.fact_words import DISPOSITIONS, SEXES, TRANSPORTS
from edscribe_pipelines.clinical.grounding.measures import plain_age
from edscribe_pipelines.clinical.records import Administered, Diagnosis, Dispensed, Encounter, VitalSigns


def in_words(facts: Encounter) -> str:
    """Return every fact, one kind a line."""
    lines = lines_of(facts)
    return "\n".join([*lines.before, *lines.vital_signs, *lines.behind])


class Lines(NamedTuple):
    """The lines of vital signs, and those before and behind them."""

    before: list[str]
    vital_signs: list[str]
    behind: list[str]


def lines_of(facts: Encounter) -> Lines:
    kinds = _lines_before(facts), _lines_of_vital_signs(facts), _lines_behind(facts)
    return Lines(*(list(filter(None, lines)) for lines in kinds))


def _lines_before(facts: Encounter) -> Iterator[str]:
    yield ", ".join(_patient(facts))
    yield _labelled("Chief complaint: ", facts["chief_complaint"])
    yield _labelled("Triage acuity ESI ", facts["triage_acuity"])


def _lines_of_vital_signs(facts: Encounter) -> Iterator[str]:
    yield _labelled("Triage vital signs: ", _vital_signs(facts["triage"]))
    for later in facts["vitals"]:
        yield f"At {later['minute']} min: {_vital_signs(later)}, {later['rhythm'] or ''}"


def _lines_behind(facts: Encounter) -> Iterator[str]:
    yield _labelled("Home medications: ", "; ".join(drug["name"] for drug in facts["home_medications"]))
    yield _labelled("Dispensed: ", "; ".join(map(_dispensed, facts["dispensed"])))
    yield _labelled("Given in the ED: ", "; ".join(map(_administered, facts["administered"])))
    yield _labelled("Recorded diagnoses: ", "; ".join(map(_diagnosis, facts["diagnoses"])))
    yield _outcome(facts)
    yield from (f"{excerpt['section']}: {excerpt['text']}" for excerpt in facts["excerpts"])


def _labelled(label: str, fact: str | int | None) -> str:
    return f"{label}{fact}" if fact else ""


def _patient(facts: Encounter) -> Iterator[str]:
    if facts["sex"] in SEXES:
        yield SEXES[facts["sex"]]
    if facts["age_years"] is not None:
        yield f"{plain_age(facts['age_years'])} years"
    if facts["arrival_transport"] in TRANSPORTS:
        yield f"arrived {TRANSPORTS[facts['arrival_transport']]}"


def _vital_signs(vitals: VitalSigns) -> str:
    return ", ".join(_signs(vitals))


def _signs(vitals: VitalSigns) -> Iterator[str]:
    systolic, diastolic = vitals["sbp_mmhg"], vitals["dbp_mmhg"]
    paired = systolic is not None and diastolic is not None
    signs = [
        (vitals["temperature_degf"], "T {:g} F"),
        (vitals["heart_rate_bpm"], "HR {:g}"),
        (vitals["respiratory_rate_bpm"], "RR {:g}"),
        (vitals["spo2_pct"], "SpO2 {:g}%"),
        (systolic if paired else None, "BP {:g}/" + f"{diastolic or 0:g}"),
        (None if paired else systolic, "SBP {:g}"),
        (None if paired else diastolic, "DBP {:g}"),
        (vitals["pain_0_10"], "pain {:g}/10"),
    ]
    return (said.format(value) for value, said in signs if value is not None)


def _dispensed(drug: Dispensed) -> str:
    return f"{drug['name']} at {drug['minute']} min"


def _administered(dose: Administered) -> str:
    route = f" {dose['route']}" if dose["route"] else ""
    times = f" x{dose['times']}" if dose["times"] > 1 else ""
    return f"{dose['name']} {dose['amount']:.15g} {dose['unit']}{route}{times}"


def _diagnosis(diagnosis: Diagnosis) -> str:
    return f"{diagnosis['title']} ({diagnosis['system'].replace('icd', 'ICD-')} {diagnosis['code']})"


def _outcome(facts: Encounter) -> str:
    outcome, minutes = DISPOSITIONS.get(facts["disposition"] or "", ""), facts["minutes_in_ed"]
    return f"{outcome} after {minutes} min in the ED" if outcome and minutes is not None else outcome

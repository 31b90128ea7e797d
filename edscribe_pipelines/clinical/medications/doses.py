"""Doses that a note says were given or ordered in the ED, held to limits and routes. Adults only.

Judged are the single dose, also by weight, the rate of an infusion, the total over the ED course, the route and the
unit. An extreme dose that a physician confirmed is information.
"""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.medications.course import GivenDose, course_total, dose_that_exceeds
from edscribe_pipelines.clinical.medications.exceeded import excess_of, is_likely_thousandth, is_unread, routes_held_to
from edscribe_pipelines.clinical.medications.home_doses import is_likely_wrong_unit
from edscribe_pipelines.clinical.medications.indications import indications_of, is_conditional, stated_in
from edscribe_pipelines.clinical.medications.judged import (
    Judged,
    judged_excess,
    judged_home_dose,
    judged_route,
    judged_unit,
    judged_unread,
    unless_confirmed,
)
from edscribe_pipelines.clinical.medications.limits import Amount, DoseLimit, dose_limits, in_base, in_mass, limits_of
from edscribe_pipelines.clinical.medications.mentions import DoseMention, Status, dose_mentions
from edscribe_pipelines.clinical.medications.routes import UNSTATED, has_routes, wrong_route
from edscribe_pipelines.clinical.medications.selection import Patient, gravest_excess
from edscribe_pipelines.clinical.reading.age import age_years
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import weight_kg
from edscribe_pipelines.clinical.records import Encounter, Finding

_JUDGED: set[Status] = {"ed", "elsewhere"}
"""What others gave is held to gross errors alone."""


def check_doses(note: ParsedNote, facts: Encounter | None = None) -> list[Finding]:
    """Return a finding for each dose above a limit or by a wrong route, in the order of the note."""
    mentions = note.of(dose_mentions)
    doses = [in_mass_of(dose) for dose in mentions if dose.status in _JUDGED and _is_known(dose.drug)]
    findings = [judged_home_dose(dose).finding for dose in mentions if is_likely_wrong_unit(dose)]
    if doses:
        confirmed = facts["confirmed_doses"] if facts else []
        findings += [unless_confirmed(judged, confirmed) for judged in _judge(note, doses, _patient(note, facts))]
    return sorted(findings, key=lambda finding: finding["start"] or 0)


def _is_known(drug: str) -> bool:
    return drug in dose_limits() or has_routes(drug)


def in_mass_of(dose: DoseMention) -> DoseMention:
    """Return the dose with its volume as what is in it."""
    amount, unit = in_mass(dose.amount, dose.unit, dose.strength)
    return dose._replace(amount=amount, unit=unit)


def _patient(note: ParsedNote, facts: Encounter | None) -> Patient:
    age = facts["age_years"] if facts else None
    weight = note.of(weight_kg)
    return Patient(indications_of(note, note.of(age_years) if age is None else age, weight), weight)


def _judge(note: ParsedNote, doses: list[DoseMention], patient: Patient) -> Iterator[Judged]:
    """Yield what each dose is, then the total of each drug; a dose that blocks by itself is not summed."""
    to_sum: dict[str, list[GivenDose]] = {}
    found_at: set[int] = set()
    for dose in doses:
        excess = excess_of(dose, _with_reason_of(note, dose, patient))
        if dose.status != "ed":
            if excess and excess.gross is not None:
                yield judged_excess(dose, excess, patient)
            continue
        if is_unread(dose):
            yield judged_unread(dose)
            continue
        wrong = wrong_route(note, dose)
        if wrong:
            yield judged_route(dose, wrong)
        if is_likely_thousandth(dose):
            yield judged_unit(dose)
        if excess:
            found_at.add(dose.start)
            yield judged_excess(dose, excess, patient)
        summed = dose.per in (None, "kg") and limits_of(dose.drug, "total")
        if summed and not (excess and excess.blocks):
            to_sum.setdefault(dose.drug, []).extend(_given(note, dose, patient))
    for drug, given in to_sum.items():
        for judged in _judge_total(drug, given, patient):
            if judged.finding["severity"] == "critical" or judged.finding["start"] not in found_at:
                yield judged


def _with_reason_of(note: ParsedNote, dose: DoseMention, patient: Patient) -> Patient:
    """Return the patient with the reason that the dose's own sentence gives, where a limit is for it."""
    if not any(limit.indication in patient.indications.stated for limit in dose_limits().get(dose.drug, ())):
        return patient
    sentence = note.sentence_at(dose.start)
    named = stated_in(note, sentence.start, sentence.end)
    meant = named & {limit.indication for limit in dose_limits()[dose.drug]}
    if not meant:
        return patient
    stated = meant | {one for one in patient.indications.stated if is_conditional(one)}
    return patient._replace(indications=patient.indications._replace(stated=stated, considered=frozenset()))


def _given(note: ParsedNote, dose: DoseMention, patient: Patient) -> Iterator[GivenDose]:
    """Yield the dose as an amount that can be summed; one said per kg needs the weight."""
    value, unit, per_kg = in_base(dose.amount, dose.unit, dose.per)
    if per_kg and patient.weight_kg is None:
        return
    value *= patient.weight_kg if per_kg and patient.weight_kg else 1.0
    route = None if dose.route == UNSTATED else dose.route
    held_to = frozenset[str]().union(*routes_held_to(dose))
    yield GivenDose(dose, value, unit, note.section_at(dose.start), route, held_to)


def _judge_total(drug: str, given: list[GivenDose], patient: Patient) -> Iterator[Judged]:
    """Yield the total of a drug where it is too much. Beside an amount, the dose per kg is how it was calculated."""
    amounts = [dose for dose in given if dose.mention.per is None] or given

    def counted(limit: DoseLimit) -> list[GivenDose]:
        return [dose for dose in amounts if dose.unit == limit.unit and dose.held_to & limit.routes]

    def total(limit: DoseLimit) -> Amount:
        return Amount(course_total(counted(limit)), limit.unit, False)

    excess = gravest_excess("total", filter(counted, limits_of(drug, "total")), total, patient)
    if excess:
        dose = dose_that_exceeds(counted(excess.limit), excess.ceiling)
        yield judged_excess(dose.mention, excess, patient)

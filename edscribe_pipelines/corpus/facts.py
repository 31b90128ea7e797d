"""An encounter's facts as lines: what the scribe is given, and what a rendered note is made of."""

from __future__ import annotations

from collections.abc import Iterable

from edscribe_pipelines.clinical.records import Encounter, TimedVitalSigns, VitalSigns
from edscribe_pipelines.corpus.statement import Statement, join
from edscribe_pipelines.corpus.wording import DISPOSITIONS, TRANSPORTS


def prompt_from(encounter: Encounter) -> str:
    """Return every fact of the encounter, one kind a line: the user's turn of a training pair."""
    lines = [
        patient(encounter),
        _labelled("Chief complaint: ", chief_complaint(encounter)),
        _labelled("Triage acuity ", acuity(encounter)),
        _labelled("Triage vital signs: ", vital_signs(encounter["triage"], "triage")),
        later_vital_signs(encounter),
        _labelled("Home medications: ", home_medications(encounter)),
        _labelled("Dispensed: ", dispensed(encounter)),
        _labelled("Recorded diagnoses: ", diagnoses(encounter)),
        disposition(encounter),
    ]
    return join("\n", lines).text


def _labelled(label: str, statement: Statement) -> Statement:
    return Statement(label).add(statement) if statement.text else statement


def patient(encounter: Encounter) -> Statement:
    """Female, 54 years, arrived by ambulance."""
    sex, age, transport = Statement(), Statement(), Statement()
    if encounter["sex"]:
        sex.fact(encounter["sex"], "sex", "sex")
    if encounter["age_years"] is not None:
        age.fact(encounter["age_years"], "age_years", "age").say(" years")
    if encounter["arrival_transport"] in TRANSPORTS:
        transport.say("arrived ").fact(encounter["arrival_transport"], "arrival_transport", "transport")
    return join(", ", [sex, age, transport])


def chief_complaint(encounter: Encounter) -> Statement:
    statement = Statement()
    return (
        statement.fact(encounter["chief_complaint"], "chief_complaint") if encounter["chief_complaint"] else statement
    )


def acuity(encounter: Encounter) -> Statement:
    """ESI 2"""
    if encounter["triage_acuity"] is None:
        return Statement()
    return Statement("ESI ").fact(encounter["triage_acuity"], "triage_acuity")


def vital_signs(vitals: VitalSigns, field: str) -> Statement:
    """T 98.4 F, HR 104, RR 18, SpO2 97%, BP 142/81, pain 8/10"""
    parts = [
        _vital("T ", vitals["temperature_degf"], f"{field}.temperature_degf", " F"),
        _vital("HR ", vitals["heart_rate_bpm"], f"{field}.heart_rate_bpm"),
        _vital("RR ", vitals["respiratory_rate_bpm"], f"{field}.respiratory_rate_bpm"),
        _vital("SpO2 ", vitals["spo2_pct"], f"{field}.spo2_pct", "%"),
        _blood_pressure(vitals, field),
    ]
    if vitals["pain_0_10"] is not None:
        parts.append(Statement("pain ").fact(vitals["pain_0_10"], f"{field}.pain_0_10", "out_of_ten"))
    return join(", ", parts)


def _vital(label: str, value: float | None, field: str, unit: str = "") -> Statement:
    return Statement() if value is None else Statement(label).fact(value, field, "number").say(unit)


def _blood_pressure(vitals: VitalSigns, field: str) -> Statement:
    systolic, diastolic = vitals["sbp_mmhg"], vitals["dbp_mmhg"]
    if systolic is None or diastolic is None:
        return join(
            ", ",
            [_vital("SBP ", systolic, f"{field}.sbp_mmhg"), _vital("DBP ", diastolic, f"{field}.dbp_mmhg")],
        )
    return _vital("BP ", systolic, f"{field}.sbp_mmhg", "/").fact(diastolic, f"{field}.dbp_mmhg", "number")


def later_vital_signs(encounter: Encounter) -> Statement:
    """At 41 min: HR 98, RR 16, Sinus Rhythm"""
    return join("\n", (_timed(vitals, place) for place, vitals in enumerate(encounter["vitals"])))


def _timed(vitals: TimedVitalSigns, place: int) -> Statement:
    field = f"vitals.{place}"
    rhythm = Statement()
    if vitals["rhythm"]:
        rhythm.fact(vitals["rhythm"], f"{field}.rhythm")
    measured = join(", ", [vital_signs(vitals, field), rhythm])
    if not measured.text:
        return measured
    return Statement("At ").fact(vitals["minute"], f"{field}.minute").say(" min: ").add(measured)


def home_medications(encounter: Encounter) -> Statement:
    return _listed(
        Statement().fact(drug["name"], f"home_medications.{place}.name")
        for place, drug in enumerate(encounter["home_medications"])
    )


def dispensed(encounter: Encounter) -> Statement:
    """Morphine at 12 min; Aspirin at 30 min"""
    return _listed(
        Statement()
        .fact(drug["name"], f"dispensed.{place}.name")
        .say(" at ")
        .fact(drug["minute"], f"dispensed.{place}.minute")
        .say(" min")
        for place, drug in enumerate(encounter["dispensed"])
    )


def diagnoses(encounter: Encounter) -> Statement:
    """Chest pain, unspecified (ICD-10 R079)"""
    return _listed(
        Statement()
        .fact(diagnosis["title"], f"diagnoses.{place}.title")
        .say(" (")
        .fact(diagnosis["system"], f"diagnoses.{place}.system", "coding_system")
        .say(" ")
        .fact(diagnosis["code"], f"diagnoses.{place}.code")
        .say(")")
        for place, diagnosis in enumerate(encounter["diagnoses"])
    )


def _listed(items: Iterable[Statement]) -> Statement:
    return join("; ", items)


def disposition(encounter: Encounter) -> Statement:
    """Admitted after 263 min in the ED"""
    statement = Statement()
    if encounter["disposition"] not in DISPOSITIONS:
        return statement
    statement.fact(encounter["disposition"], "disposition", "disposition")
    if encounter["minutes_in_ed"] is None:
        return statement
    return statement.say(" after ").fact(encounter["minutes_in_ed"], "minutes_in_ed").say(" min in the ED")

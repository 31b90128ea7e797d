"""The facts of encounters in words: what the scribe is given, and what a rendered note is made of."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.corpus.statement import Statement, fact, join, listed, phrase


class Facts(NamedTuple):
    """What there is to say about each encounter of a table, by kind."""

    patient: Statement
    chief_complaint: Statement
    acuity: Statement
    triage: Statement
    later_vital_signs: Statement
    home_medications: Statement
    dispensed: Statement
    administered: Statement
    diagnoses: Statement
    disposition: Statement
    excerpts: dict[str, Statement]
    """By the section that they belong in, in the order of `SECTIONS`."""


def facts_of(encounters: pl.DataFrame) -> Facts:
    """Return the facts of `Encounter` rows."""
    return Facts(
        patient=_patient(encounters),
        chief_complaint=fact(encounters["chief_complaint"], "chief_complaint"),
        acuity=fact(encounters["triage_acuity"], "triage_acuity", said="ESI {}"),
        triage=_vital_signs(encounters["triage"].struct.unnest(), "triage"),
        later_vital_signs=_later_vital_signs(encounters),
        home_medications=_home_medications(encounters),
        dispensed=_dispensed(encounters),
        administered=_administered(encounters),
        diagnoses=_diagnoses(encounters),
        disposition=_disposition(encounters),
        excerpts=_excerpts(encounters),
    )


def prompts(encounters: pl.DataFrame) -> pl.Series:
    """Return every fact of each `Encounter` row, one kind a line: the user's turn of a training pair."""
    return prompts_from(facts_of(encounters))


def prompts_from(facts: Facts) -> pl.Series:
    lines = [
        facts.patient,
        phrase("Chief complaint: ", facts.chief_complaint),
        phrase("Triage acuity ", facts.acuity),
        phrase("Triage vital signs: ", facts.triage),
        facts.later_vital_signs,
        phrase("Home medications: ", facts.home_medications),
        phrase("Dispensed: ", facts.dispensed),
        phrase("Given in the ED: ", facts.administered),
        phrase("Recorded diagnoses: ", facts.diagnoses),
        facts.disposition,
        *(phrase(f"{section}: ", excerpt) for section, excerpt in facts.excerpts.items()),
    ]
    return join("\n", [Statement(line.text) for line in lines]).text.fill_null("")


def _patient(encounters: pl.DataFrame) -> Statement:
    """Female, 54 years, arrived by ambulance"""
    return join(
        ", ",
        [
            fact(encounters["sex"], "sex", "sex"),
            fact(encounters["age_years"], "age_years", "age", said="{} years"),
            fact(encounters["arrival_transport"], "arrival_transport", "transport", said="arrived {}"),
        ],
    )


def _vital_signs(vitals: pl.DataFrame, field: str, place: pl.Series | None = None) -> Statement:
    """T 98.4 F, HR 104, RR 18, SpO2 97%, BP 142/81, pain 8/10"""

    def sign(of: pl.DataFrame, name: str, said: str, conversion: str = "number") -> Statement:
        return fact(of[name], f"{field}.{name}", conversion, said, place)

    alone = vitals.with_columns(
        sbp_mmhg=pl.when(pl.col("dbp_mmhg").is_null()).then("sbp_mmhg"),
        dbp_mmhg=pl.when(pl.col("sbp_mmhg").is_null()).then("dbp_mmhg"),
    )
    return join(
        ", ",
        [
            sign(vitals, "temperature_degf", "T {} F"),
            sign(vitals, "heart_rate_bpm", "HR {}"),
            sign(vitals, "respiratory_rate_bpm", "RR {}"),
            sign(vitals, "spo2_pct", "SpO2 {}%"),
            phrase(sign(vitals, "sbp_mmhg", "BP {}/"), sign(vitals, "dbp_mmhg", "{}")),
            sign(alone, "sbp_mmhg", "SBP {}"),
            sign(alone, "dbp_mmhg", "DBP {}"),
            sign(vitals, "pain_0_10", "pain {}", "out_of_ten"),
        ],
    )


class _Items(NamedTuple):
    """The entries of a list of all encounters: whose each is, its place there, and its columns."""

    owner: pl.Series
    place: pl.Series
    columns: pl.DataFrame
    owners: int

    def fact(self, field: str, conversion: str = "verbatim", said: str = "{}") -> Statement:
        """Return the statement of a field of the record, `{}` for the place: `vitals.{}.minute`."""
        return fact(self.columns[field.rpartition(".")[2]], field, conversion, said, self.place)

    def listed(self, separator: str, items: Statement) -> Statement:
        return listed(separator, items, self.owner, self.owners)


def _items(encounters: pl.DataFrame, name: str) -> _Items:
    held = encounters.select(
        owner=pl.int_range(pl.len(), dtype=pl.UInt32), item=name, place=pl.int_ranges(pl.col(name).list.len())
    )
    rows = held.filter(pl.col("item").list.len() > 0).explode("item", "place")
    return _Items(rows["owner"], rows["place"], rows["item"].struct.unnest(), encounters.height)


def _later_vital_signs(encounters: pl.DataFrame) -> Statement:
    """At 41 min: HR 98, RR 16, Sinus Rhythm"""
    vitals = _items(encounters, "vitals")
    measured = join(", ", [_vital_signs(vitals.columns, "vitals.{}", vitals.place), vitals.fact("vitals.{}.rhythm")])
    return vitals.listed("\n", phrase(vitals.fact("vitals.{}.minute", said="At {} min: "), measured))


def _home_medications(encounters: pl.DataFrame) -> Statement:
    drugs = _items(encounters, "home_medications")
    return drugs.listed("; ", drugs.fact("home_medications.{}.name"))


def _dispensed(encounters: pl.DataFrame) -> Statement:
    """Morphine at 12 min; Aspirin at 30 min"""
    drugs = _items(encounters, "dispensed")
    return drugs.listed(
        "; ", phrase(drugs.fact("dispensed.{}.name"), drugs.fact("dispensed.{}.minute", said=" at {} min"))
    )


def _administered(encounters: pl.DataFrame) -> Statement:
    """morphine 4 mg IV; ondansetron 4 mg IV x2"""
    doses = _items(encounters, "administered")
    repeated = doses.columns["times"].set(doses.columns["times"] == 1, None)
    parts = [
        doses.fact("administered.{}.name"),
        doses.fact("administered.{}.amount", "amount"),
        doses.fact("administered.{}.unit"),
        doses.fact("administered.{}.route"),
        fact(repeated, "administered.{}.times", said="x{}", place=doses.place),
    ]
    return doses.listed("; ", join(" ", parts))


def _diagnoses(encounters: pl.DataFrame) -> Statement:
    """Chest pain, unspecified (ICD-10 R079)"""
    recorded = _items(encounters, "diagnoses")
    parts = (
        recorded.fact("diagnoses.{}.title"),
        recorded.fact("diagnoses.{}.system", "coding_system", said=" ({} "),
        recorded.fact("diagnoses.{}.code", said="{})"),
    )
    return recorded.listed("; ", phrase(*parts))


def _disposition(encounters: pl.DataFrame) -> Statement:
    """Admitted after 263 min in the ED"""
    outcome = fact(encounters["disposition"], "disposition", "disposition")
    minutes = encounters["minutes_in_ed"].set(outcome.text.is_null(), None)
    return join("", [outcome, fact(minutes, "minutes_in_ed", said=" after {} min in the ED")])


def _excerpts(encounters: pl.DataFrame) -> dict[str, Statement]:
    excerpts = _items(encounters, "excerpts")
    section, text = excerpts.columns["section"], excerpts.columns["text"]
    held = set(section)
    return {
        name: excerpts.listed("\n", fact(text.set(section != name, None), "excerpts.{}.text", place=excerpts.place))
        for name in SECTIONS
        if name in held
    }

"""What is charted on each stay: triage, vital signs, medications, dispensings, diagnoses.

Each function reads one table and returns its facts, one entry a stay in the order of the stays, and the places of
what is no fact. Ties in time keep the order of the file.
Source: https://mimic.mit.edu/docs/iv/modules/ed/
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from edscribe_pipelines.intake.mimic.cells import STAY, repeated, text, time, whole_number, with_words
from edscribe_pipelines.intake.mimic.lists import listed
from edscribe_pipelines.intake.mimic.problems import orphan_rows, problem_rows
from edscribe_pipelines.intake.mimic.stays import refuse_duplicates, stays_of
from edscribe_pipelines.intake.mimic.vital_columns import (
    MIMIC_VITALS,
    VITAL_FIELDS,
    type_vitals,
    vital_problems,
)

BEFORE_ARRIVAL = "charted before the arrival"
AFTER_DEPARTURE = "charted after the departure"
REPEATED: dict[str, tuple[str, ...]] = {
    "triage": tuple(MIMIC_VITALS),
    "vitalsign": (*MIMIC_VITALS, "rhythm"),
    "medrecon": ("name",),
    "pyxis": ("name", "med_rn"),
    "diagnosis": ("icd_code", "icd_version", "icd_title"),
}
"""Columns of each table in which few wordings make many rows."""

_KNOWN = pl.col(STAY).is_not_null()
_SYSTEMS = {"9": "icd9", "10": "icd10"}


class Charted(NamedTuple):
    """`facts` has a row for each stay, in order; `problems` are lists of problem rows."""

    facts: pl.DataFrame
    problems: list[pl.DataFrame]


def triage(table: pl.LazyFrame, stays: pl.DataFrame) -> Charted:
    level = pl.col("acuity").str.strip_chars().cast(pl.Float64, strict=False)
    real = level.is_in([1.0, 2.0, 3.0, 4.0, 5.0]).fill_null(False)
    charted = pl.col("acuity").str.strip_chars() != ""
    columns = table.select(
        "row",
        whole_number("stay_id"),
        *repeated(table, REPEATED["triage"]),
        chief_complaint=text("chiefcomplaint"),
        triage_acuity=pl.when(real).then(level.cast(pl.Int64, strict=False)),
        acuity_problem=pl.when(charted & ~real).then(pl.lit("not an ESI level from 1 to 5")),
    )
    rows = type_vitals(_of_stays(columns, stays))
    refuse_duplicates(rows, "triage")
    problems = [
        *vital_problems(rows, "triage", "triage"),
        problem_rows(rows, "triage", "acuity", "acuity_problem", "triage_acuity"),
        orphan_rows(rows, "triage"),
    ]
    each = stays.select(STAY).join(rows.filter(_KNOWN), on=STAY, how="left", maintain_order="left")
    return Charted(each.select("triage_acuity", "chief_complaint", triage=pl.struct(VITAL_FIELDS)), problems)


def vital_signs(table: pl.LazyFrame, stays: pl.DataFrame) -> Charted:
    columns = table.select(
        "row", whole_number("stay_id"), *repeated(table, REPEATED["vitalsign"]), charted=time("charttime")
    )
    rows = _of_stays(columns, stays)
    timed = _timed(with_words(rows.filter(_KNOWN), "rhythm"), stays)
    within = type_vitals(timed.filter(pl.col("minute_problem").is_null()))
    problems = [
        orphan_rows(rows, "vitalsign"),
        problem_rows(timed, "vitalsign", "charttime", "minute_problem", "vitals.minute"),
        *vital_problems(within, "vitalsign", "vitals"),
    ]
    fields = [*VITAL_FIELDS, "minute", "rhythm"]
    measured = within.select(STAY, *fields).filter(pl.any_horizontal(pl.col(*VITAL_FIELDS, "rhythm").is_not_null()))
    return Charted(listed(_in_time(measured), "vitals", fields, stays.height), problems)


def home_medications(table: pl.LazyFrame, stays: pl.DataFrame) -> Charted:
    """A drug stands once for each of its therapeutic classes in medrecon, and once here."""
    rows = _of_stays(table.select("row", whole_number("stay_id"), *repeated(table, REPEATED["medrecon"])), stays)
    known = with_words(rows.filter(_KNOWN), "name")
    drug_of_stay = pl.col(STAY).cast(pl.UInt64) * 2**32 + pl.col("name").to_physical()
    named = known.filter(pl.col("name").is_not_null()).filter(drug_of_stay.is_first_distinct())
    ordered = named.select(STAY, "name").sort(STAY, maintain_order=True)
    problems = [orphan_rows(rows, "medrecon"), _nameless(known, "medrecon", "home_medications.name")]
    return Charted(listed(ordered, "home_medications", ["name"], stays.height), problems)


def dispensed(table: pl.LazyFrame, stays: pl.DataFrame) -> Charted:
    """A drug stands once for each of its GSN codes in pyxis, and once for each dispensing here."""
    columns = table.select(
        "row", whole_number("stay_id"), *repeated(table, REPEATED["pyxis"]), charted=time("charttime")
    )
    rows = _of_stays(columns, stays)
    timed = _timed(with_words(rows.filter(_KNOWN), "name"), stays)
    problems = [
        orphan_rows(rows, "pyxis"),
        problem_rows(timed, "pyxis", "charttime", "minute_problem", "dispensed.minute"),
        _nameless(timed, "pyxis", "dispensed.name"),
    ]
    facts = timed.filter(pl.col("minute_problem").is_null() & pl.col("name").is_not_null())
    events = facts.filter(pl.struct(STAY, "minute", "med_rn", "name").is_first_distinct())
    ordered = _in_time(events.select(STAY, "minute", "name"))
    return Charted(listed(ordered, "dispensed", ["minute", "name"], stays.height), problems)


def diagnoses(table: pl.LazyFrame, stays: pl.DataFrame) -> Charted:
    fields = {"code": "icd_code", "system": "icd_version", "title": "icd_title"}
    columns = table.select(
        "row", whole_number("stay_id"), *repeated(table, REPEATED["diagnosis"]), rank=whole_number("seq_num")
    )
    rows = _of_stays(columns, stays)
    worded = with_words(rows.filter(_KNOWN), *fields.values()).rename({old: new for new, old in fields.items()})
    known = worded.with_columns(pl.col("system").cast(pl.String).replace_strict(_SYSTEMS, default=None))
    whole = pl.all_horizontal(pl.col("rank", *fields).is_not_null())
    reason = pl.lit("rank, code, version or title missing or not known")
    judged = known.with_columns(rank_problem=pl.when(~whole).then(reason))
    problems = [
        orphan_rows(rows, "diagnosis"),
        problem_rows(judged, "diagnosis", "seq_num", "rank_problem", "diagnoses.rank"),
    ]
    ordered = known.filter(whole).sort(STAY, "rank", maintain_order=True)
    return Charted(listed(ordered, "diagnoses", ["rank", *fields], stays.height), problems)


def _of_stays(columns: pl.LazyFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """Read a table, with the stay of each row."""
    rows = columns.collect(engine="streaming")
    return rows.drop("stay_id").with_columns(stays_of(rows["stay_id"], stays["stay_number"]))


def _timed(rows: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """Add `minute` since arrival and `minute_problem`; rows outside the stay are no facts of it."""
    arrival, length = (stays[name].gather(rows[STAY]) for name in ("arrival", "minutes_in_ed"))
    minute = (pl.col("charted") - arrival).dt.total_minutes()
    return rows.with_columns(
        minute=minute,
        minute_problem=pl.when(pl.col("charted").is_null())
        .then(pl.lit("not a time"))
        .when(minute.is_null())
        .then(pl.lit("the arrival is not known"))
        .when(minute < 0)
        .then(pl.lit(BEFORE_ARRIVAL))
        .when(minute > length)
        .then(pl.lit(AFTER_DEPARTURE)),
    )


def _in_time(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort by stay, minute and row: as one number, which takes half the time of two columns."""
    moment = pl.col(STAY).cast(pl.UInt64) * 2**32 + pl.col("minute").cast(pl.UInt64)
    return rows.sort(moment, maintain_order=True)


def _nameless(rows: pl.DataFrame, table: str, field: str) -> pl.DataFrame:
    nameless = rows.filter(pl.col("name").is_null()).with_columns(name_problem=pl.lit("empty"))
    return problem_rows(nameless, table, "name", "name_problem", field)

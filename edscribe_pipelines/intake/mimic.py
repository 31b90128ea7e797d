"""MIMIC-IV-ED tables to encounters: one row a stay, every stay.

What the tables hold and lack: no notes, no ages, no doses. Pyxis says which drug was dispensed, medrecon
what the patient takes at home. Triage carries no time and counts as the arrival.
Source: https://mimic.mit.edu/docs/iv/modules/ed/
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from edscribe_pipelines.clinical.records import ENCOUNTER_SCHEMA, DataUse, PhiEncounter, VitalSigns, polars_schema
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.vital_columns import MIMIC_VITALS, type_vitals, vital_problems

ISSUER = "mimic-iv-ed"
_VITALS = list(MIMIC_VITALS.values())
_ONE_A_STAY = ("edstays", "triage")
_PROBLEM_SCHEMA = {
    "table": pl.String,
    "row": pl.UInt32,
    "column": pl.String,
    "stay_id": pl.String,
    "field": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True)
class Intake:
    """`encounters` are `PhiEncounter` rows; `problems` names table, row and column of every source
    value that is not a fact (both stay in the PHI zone)."""

    encounters: pl.DataFrame
    problems: pl.DataFrame


def build_encounters(tables: dict[str, pl.DataFrame], vault: IdVault, data_use: DataUse) -> Intake:
    """Return an encounter for each row of edstays.

    Raises BadInput naming table and rows where a stay stands twice or has no id.
    """
    trimmed = {name: _trim(frame) for name, frame in tables.items()}
    for column in ("stay_id", "subject_id"):
        _refuse_missing_ids(trimmed["edstays"], column)
    for table in _ONE_A_STAY:
        _refuse_duplicate_stays(table, trimmed[table])
    lazy = {name: frame.lazy() for name, frame in trimmed.items()}
    stays = _type_stays(lazy["edstays"]).collect()
    window = stays.lazy().select("stay_id", "arrival", "minutes_in_ed")
    triage = type_vitals(lazy["triage"]).with_columns(_acuity("acuity"))
    vitals = _timed(type_vitals(lazy["vitalsign"]), window)
    dispensed = _timed(lazy["pyxis"], window)
    diagnoses = _type_diagnoses(lazy["diagnosis"])
    problems = pl.concat(
        [
            _stay_problems(stays.lazy()),
            vital_problems(triage, "triage", "triage"),
            _problem_rows(triage, "triage", "acuity", "triage_acuity"),
            vital_problems(vitals.filter(pl.col("minute_problem").is_null()), "vitalsign", "vitals"),
            _problem_rows(vitals, "vitalsign", "charttime", "minute", "vitals"),
            _problem_rows(dispensed, "pyxis", "charttime", "minute", "dispensed"),
            _problem_rows(diagnoses, "diagnosis", "seq_num", "rank", "diagnoses"),
            _orphans(lazy, window),
        ]
    ).collect()
    parts = [
        _one_per_stay(triage),
        _vitals_per_stay(vitals),
        _home_medications_per_stay(lazy["medrecon"]),
        _dispensed_per_stay(dispensed),
        _diagnoses_per_stay(diagnoses),
        _set_aside_per_stay(problems.lazy()),
    ]
    joined = _with_ids(stays, vault).lazy()
    for part in parts:
        joined = joined.join(part, on="stay_id", how="left", maintain_order="left")
    return Intake(_as_records(joined, data_use).collect(), problems)


def _refuse_missing_ids(stays: pl.DataFrame, column: str) -> None:
    rows = stays.filter(pl.col(column).is_null())["row"]
    if len(rows):
        raise BadInput(
            f"ed/edstays.csv.gz, row {rows[0]}",
            "empty",
            field=column,
            remedy="Each stay needs its own id and its patient's; mend the release and run again.",
        )


def _refuse_duplicate_stays(table: str, frame: pl.DataFrame) -> None:
    repeated = frame.filter(pl.col("stay_id").is_duplicated()).sort("stay_id", "row").head(2)["row"].to_list()
    if repeated:
        raise BadInput(
            f"ed/{table}.csv.gz, rows {repeated[0]} and {repeated[1]}",
            "the same stay twice",
            field="stay_id",
            remedy="Each stay has one row in this table; mend the release and run again.",
        )


def _trim(frame: pl.DataFrame) -> pl.DataFrame:
    """Strip cells and fold runs of white space; empty cells become null."""
    text = pl.col(pl.String).str.replace_all(r"\s+", " ").str.strip_chars()
    return frame.with_columns(text).with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)).name.keep())


def _type_stays(stays: pl.LazyFrame) -> pl.LazyFrame:
    times = stays.with_columns(arrival=_time("intime"), departure=_time("outtime"))
    minutes = (pl.col("departure") - pl.col("arrival")).dt.total_minutes()
    return times.with_columns(
        arrival_problem=pl.when(pl.col("arrival").is_null()).then(pl.lit("not a time")),
        departure_problem=pl.when(pl.col("departure").is_null())
        .then(pl.lit("not a time"))
        .when(minutes < 0)
        .then(pl.lit("before the arrival")),
        sex_problem=pl.when(pl.col("gender").is_not_null() & ~pl.col("gender").is_in(["F", "M"])).then(
            pl.lit("neither F nor M")
        ),
        sex=pl.when(pl.col("gender").is_in(["F", "M"])).then(pl.col("gender")),
        minutes_in_ed=pl.when(minutes >= 0).then(minutes),
    )


def _time(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)


def _acuity(column: str) -> list[pl.Expr]:
    level = pl.col(column).cast(pl.Float64, strict=False)
    real = level.is_in([1.0, 2.0, 3.0, 4.0, 5.0])
    return [
        pl.when(real).then(level.cast(pl.Int64)).alias("triage_acuity"),
        pl.when(pl.col(column).is_not_null() & ~real.fill_null(False))
        .then(pl.lit("not an ESI level from 1 to 5"))
        .alias("triage_acuity_problem"),
    ]


def _timed(frame: pl.LazyFrame, window: pl.LazyFrame) -> pl.LazyFrame:
    """Add `minute` since arrival and `minute_problem`; rows outside the stay are no facts of it."""
    charted = frame.with_columns(charted=_time("charttime")).join(
        window, on="stay_id", how="inner", maintain_order="left"
    )
    minute = (pl.col("charted") - pl.col("arrival")).dt.total_minutes()
    return charted.with_columns(
        minute=minute,
        minute_problem=pl.when(pl.col("charted").is_null())
        .then(pl.lit("not a time"))
        .when(minute.is_null())
        .then(pl.lit("the arrival is not known"))
        .when(minute < 0)
        .then(pl.lit("charted before the arrival"))
        .when(minute > pl.col("minutes_in_ed"))
        .then(pl.lit("charted after the departure")),
    )


def _type_diagnoses(diagnoses: pl.LazyFrame) -> pl.LazyFrame:
    rank = pl.col("seq_num").cast(pl.Int64, strict=False)
    system = pl.col("icd_version").replace_strict({"9": "icd9", "10": "icd10"}, default=None, return_dtype=pl.String)
    known = (
        rank.is_not_null() & system.is_not_null() & pl.col("icd_code").is_not_null() & pl.col("icd_title").is_not_null()
    )
    return diagnoses.with_columns(
        rank=rank,
        system=system,
        rank_problem=pl.when(~known).then(pl.lit("rank, code, version or title missing or not known")),
    )


def _problem_rows(frame: pl.LazyFrame, table: str, column: str, field: str, prefix: str | None = None) -> pl.LazyFrame:
    return frame.filter(pl.col(f"{field}_problem").is_not_null()).select(
        table=pl.lit(table),
        row="row",
        column=pl.lit(column),
        stay_id="stay_id",
        field=pl.lit(f"{prefix}.{field}" if prefix else field),
        reason=f"{field}_problem",
    )


def _stay_problems(stays: pl.LazyFrame) -> pl.LazyFrame:
    columns = {"arrival": "intime", "departure": "outtime", "sex": "gender"}
    return pl.concat(_problem_rows(stays, "edstays", column, field) for field, column in columns.items())


def _orphans(lazy: dict[str, pl.LazyFrame], window: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows of the other tables whose stay is not in edstays."""
    return pl.concat(
        lazy[table]
        .join(window, on="stay_id", how="anti")
        .select(
            table=pl.lit(table),
            row="row",
            column=pl.lit("stay_id"),
            stay_id="stay_id",
            field=pl.lit(table),
            reason=pl.lit("stay not in edstays"),
        )
        for table in lazy
        if table != "edstays"
    )


def _one_per_stay(triage: pl.LazyFrame) -> pl.LazyFrame:
    return triage.select("stay_id", "triage_acuity", chief_complaint="chiefcomplaint", triage=pl.struct(_VITALS))


def _vitals_per_stay(vitals: pl.LazyFrame) -> pl.LazyFrame:
    measured = pl.any_horizontal(pl.col(*_VITALS, "rhythm").is_not_null())
    rows = vitals.filter(pl.col("minute_problem").is_null() & measured).sort("stay_id", "minute", "row")
    return rows.group_by("stay_id", maintain_order=True).agg(vitals=pl.struct(*_VITALS, "minute", "rhythm"))


def _home_medications_per_stay(medrecon: pl.LazyFrame) -> pl.LazyFrame:
    """A drug stands once for each of its therapeutic classes in medrecon, and once here."""
    rows = medrecon.filter(pl.col("name").is_not_null()).sort("stay_id", "row")
    named = rows.unique(["stay_id", "name"], keep="first", maintain_order=True)
    return named.group_by("stay_id", maintain_order=True).agg(home_medications=pl.struct("name"))


def _dispensed_per_stay(pyxis: pl.LazyFrame) -> pl.LazyFrame:
    """A drug stands once for each of its GSN codes in pyxis, and once for each dispensing here."""
    rows = pyxis.filter(pl.col("minute_problem").is_null() & pl.col("name").is_not_null()).sort(
        "stay_id", "minute", "row"
    )
    events = rows.unique(["stay_id", "minute", "med_rn", "name"], keep="first", maintain_order=True)
    return events.group_by("stay_id", maintain_order=True).agg(dispensed=pl.struct("minute", "name"))


def _diagnoses_per_stay(diagnoses: pl.LazyFrame) -> pl.LazyFrame:
    rows = diagnoses.filter(pl.col("rank_problem").is_null()).sort("stay_id", "rank", "row")
    return rows.group_by("stay_id", maintain_order=True).agg(
        diagnoses=pl.struct("rank", code="icd_code", system="system", title="icd_title")
    )


def _set_aside_per_stay(problems: pl.LazyFrame) -> pl.LazyFrame:
    return (
        problems.sort("stay_id", "table", "row", "column")
        .group_by("stay_id", maintain_order=True)
        .agg(set_aside=pl.struct("field", "reason"))
    )


def _with_ids(stays: pl.DataFrame, vault: IdVault) -> pl.DataFrame:
    return stays.with_columns(
        encounter_id=vault.ids_for("encounter", ISSUER, stays["stay_id"]),
        patient_key=vault.ids_for("patient", ISSUER, stays["subject_id"]),
    )


def _as_records(joined: pl.LazyFrame, data_use: DataUse) -> pl.LazyFrame:
    schema = polars_schema(PhiEncounter)
    lists = ("vitals", "home_medications", "dispensed", "diagnoses", "set_aside")
    no_vitals = pl.struct(pl.lit(None, dtype=dtype).alias(name) for name, dtype in polars_schema(VitalSigns).items())
    source_ids = pl.concat_list(
        pl.struct(kind=pl.lit(column), value=pl.col(column)) for column in ("subject_id", "stay_id", "hadm_id")
    ).list.eval(pl.element().filter(pl.element().struct.field("value").is_not_null()))
    complete = joined.with_columns(
        *(pl.col(name).cast(schema[name]).fill_null([]) for name in lists),
        triage=pl.when(pl.col("triage").is_null()).then(no_vitals).otherwise(pl.col("triage")),
        schema=pl.lit(ENCOUNTER_SCHEMA),
        source=pl.lit("mimic"),
        data_use=pl.lit(data_use),
        arrival_time=pl.col("intime"),
        source_ids=source_ids,
    )
    absent = [pl.lit(None, dtype=schema[name]).alias(name) for name in ("age_years", "note", "note_origin", "revises")]
    none = [pl.lit([], dtype=schema[name]).alias(name) for name in ("administered", "excerpts", "known_identifiers")]
    return complete.with_columns(*absent, *none).select(pl.col(name).cast(dtype) for name, dtype in schema.items())

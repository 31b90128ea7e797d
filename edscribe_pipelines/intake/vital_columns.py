"""MIMIC's vital-sign columns as facts: typed, in one unit, and only where they can be true.

Bounds: `clinical/tables/vital_limits.csv`. Temperature has no unit in MIMIC-IV-ED: 77 to 113 is read as
degrees Fahrenheit, 25 to 45 as degrees Celsius, and nothing else is guessed.
"""

from __future__ import annotations

import polars as pl

from edscribe_pipelines.clinical.vitals import vital_limits

MIMIC_VITALS = {
    "temperature": "temperature_degf",
    "heartrate": "heart_rate_bpm",
    "resprate": "respiratory_rate_bpm",
    "o2sat": "spo2_pct",
    "sbp": "sbp_mmhg",
    "dbp": "dbp_mmhg",
    "pain": "pain_0_10",
}
"""Column of MIMIC-IV-ED -> field of `records.VitalSigns`."""

_FIELDS = list(MIMIC_VITALS.values())


def type_vitals(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return `frame` with a column for each field of `VitalSigns`, and `<field>_problem`: why the
    source's value is not a fact, else null."""
    numbers = frame.with_columns(_number(column).alias(f"{field}_raw") for column, field in MIMIC_VITALS.items())
    typed = numbers.with_columns(
        _in_degf(pl.col(f"{field}_raw")).alias(field)
        if field == "temperature_degf"
        else pl.col(f"{field}_raw").alias(field)
        for field in _FIELDS
    )
    judged = typed.with_columns(
        _problem(column, field).alias(f"{field}_problem") for column, field in MIMIC_VITALS.items()
    )
    kept = judged.with_columns(
        pl.when(pl.col(f"{field}_problem").is_null()).then(pl.col(field)).alias(field) for field in _FIELDS
    )
    return _set_reversed_pressures_aside(kept)


def _number(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    if column == "pain":
        text = text.str.replace(r"\s*/\s*10$", "")
    return text.cast(pl.Float64, strict=False)


def _in_degf(number: pl.Expr) -> pl.Expr:
    return pl.when(number.is_between(25, 45)).then((number * 9 / 5 + 32).round(1)).otherwise(number)


def _problem(column: str, field: str) -> pl.Expr:
    limit = vital_limits()[field]
    bounds = f"outside {limit.possible_low:g} to {limit.possible_high:g} {limit.unit}"
    charted = pl.col(column).str.strip_chars().fill_null("") != ""
    return (
        pl.when(charted & pl.col(f"{field}_raw").is_null())
        .then(pl.lit("not a number"))
        .when(~pl.col(field).is_between(limit.possible_low, limit.possible_high) | pl.col(field).is_nan())
        .then(pl.lit(bounds))
    )


def _set_reversed_pressures_aside(frame: pl.LazyFrame) -> pl.LazyFrame:
    reversed_pair = pl.col("dbp_mmhg") >= pl.col("sbp_mmhg")
    pressures = ("sbp_mmhg", "dbp_mmhg")
    marked = frame.with_columns(
        pl.when(reversed_pair)
        .then(pl.lit("diastolic not below systolic"))
        .otherwise(pl.col(f"{field}_problem"))
        .alias(f"{field}_problem")
        for field in pressures
    )
    return marked.with_columns(
        pl.when(pl.col(f"{field}_problem").is_null()).then(pl.col(field)).alias(field) for field in pressures
    )


def vital_problems(frame: pl.LazyFrame, table: str, prefix: str) -> pl.LazyFrame:
    """Return one line a problem of a typed table: table, row, column, stay_id, field, reason."""
    return pl.concat(
        frame.filter(pl.col(f"{field}_problem").is_not_null()).select(
            table=pl.lit(table),
            row="row",
            column=pl.lit(column),
            stay_id="stay_id",
            field=pl.lit(f"{prefix}.{field}"),
            reason=f"{field}_problem",
        )
        for column, field in MIMIC_VITALS.items()
    )

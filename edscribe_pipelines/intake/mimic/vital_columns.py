"""MIMIC's vital-sign columns as facts: typed, in one unit, and only where they can be true.

Bounds: `clinical/tables/vital_limits.csv`. Temperature has no unit in MIMIC-IV-ED: 77 to 113 is read as
degrees Fahrenheit, 25 to 45 as degrees Celsius, and nothing else is guessed.
"""

from __future__ import annotations

from functools import cache, partial

import polars as pl

from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.intake.mimic.cells import by_wording
from edscribe_pipelines.intake.mimic.pain import NO_NUMBER, NOT_MEASURABLE, read_pain
from edscribe_pipelines.intake.mimic.problems import problem_rows

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

VITAL_FIELDS = list(MIMIC_VITALS.values())
_REVERSED = "diastolic not below systolic"


def type_vitals(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with a column for each field of `VitalSigns` instead of MIMIC's `repeated` ones, and
    `<field>_problem`: why the source's value is not a fact, else null."""
    typed = [by_wording(rows[column], partial(_judge, field)) for column, field in MIMIC_VITALS.items()]
    return _set_reversed_pressures_aside(pl.concat([rows.drop(MIMIC_VITALS), *typed], how="horizontal"))


def _judge(field: str, wordings: pl.Series) -> pl.DataFrame:
    charted = pl.DataFrame({"words": wordings.str.strip_chars()}).with_columns(_read(field, wordings))
    limit = vital_limits()[field]
    possible = pl.col("value").is_between(limit.possible_low, limit.possible_high)
    reason = pl.coalesce("reason", pl.when(~possible).then(pl.lit(_bounds(field)))).cast(_reasons())
    judged = charted.with_columns(pl.when(pl.col("words") != "").then(reason).alias("reason"))
    fact = pl.when(pl.col("reason").is_null()).then(pl.col("value"))
    return judged.select(fact.alias(field), pl.col("reason").alias(f"{field}_problem"))


def _read(field: str, wordings: pl.Series) -> pl.DataFrame:
    if field == "pain_0_10":
        return pl.DataFrame(map(read_pain, wordings), {"value": pl.Float64, "reason": pl.String}, orient="row")
    number = pl.col("words").str.strip_chars().cast(pl.Float64, strict=False)
    value = _in_degf(number) if field == "temperature_degf" else number
    unread = pl.when(number.is_null()).then(pl.lit(NO_NUMBER))
    return wordings.to_frame("words").select(value=value, reason=unread)


def _in_degf(degrees: pl.Expr) -> pl.Expr:
    return pl.when(degrees.is_between(25, 45)).then((degrees * 9 / 5 + 32).round(1)).otherwise(degrees)


def _bounds(field: str) -> str:
    limit = vital_limits()[field]
    return f"outside {limit.possible_low:g} to {limit.possible_high:g} {limit.unit}"


@cache
def _reasons() -> pl.Enum:
    """All reasons, as numbers: seven strings a row would outweigh the facts."""
    return pl.Enum([NO_NUMBER, NOT_MEASURABLE, _REVERSED, *map(_bounds, VITAL_FIELDS)])


def _set_reversed_pressures_aside(rows: pl.DataFrame) -> pl.DataFrame:
    in_order = (pl.col("dbp_mmhg") < pl.col("sbp_mmhg")).fill_null(True)
    reason, pressures = pl.lit(_REVERSED, _reasons()), ("sbp_mmhg", "dbp_mmhg")
    return rows.with_columns(
        *(
            pl.when(in_order).then(f"{field}_problem").otherwise(reason).alias(f"{field}_problem")
            for field in pressures
        ),
        *(pl.when(in_order).then(field).alias(field) for field in pressures),
    )


def vital_problems(frame: pl.DataFrame, table: str, prefix: str) -> list[pl.DataFrame]:
    """Return the problem rows of a typed table."""
    return [
        problem_rows(frame, table, column, f"{field}_problem", f"{prefix}.{field}")
        for column, field in MIMIC_VITALS.items()
    ]

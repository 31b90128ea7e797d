"""MIMIC-IV-ED tables to encounters: one row a stay, every stay.

What the tables hold and lack: no notes, no ages, no doses. Pyxis says which drug was dispensed, medrecon
what the patient takes at home. Triage carries no time and counts as the arrival. Ages come from
`hosp/patients` and words of the discharge summary from `note/discharge`, where they stand beside.
Source: https://mimic.mit.edu/docs/iv/modules/ed/
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from edscribe_pipelines.clinical.records import ENCOUNTER_SCHEMA, DataUse, PhiEncounter, polars_schema
from edscribe_pipelines.intake.id_vault import Ids
from edscribe_pipelines.intake.mimic import charting
from edscribe_pipelines.intake.mimic.cells import STAY
from edscribe_pipelines.intake.mimic.linked_summaries import link_summaries
from edscribe_pipelines.intake.mimic.lists import listed
from edscribe_pipelines.intake.mimic.patients import with_ages
from edscribe_pipelines.intake.mimic.problems import all_problems, set_aside
from edscribe_pipelines.intake.mimic.stays import stay_problems, type_stays

ISSUER = "mimic-iv-ed"
_READERS = {
    "medrecon": charting.home_medications,
    "vitalsign": charting.vital_signs,
    "pyxis": charting.dispensed,
    "diagnosis": charting.diagnoses,
    "triage": charting.triage,
}
"""By table, the largest first."""


@dataclass(frozen=True)
class Intake:
    """`encounters` are `PhiEncounter` rows; `problems` names table, row and column of every source
    value that is not a fact (both stay in the PHI zone); `counts` are what the run's metadata may say."""

    encounters: pl.DataFrame
    problems: pl.DataFrame
    counts: dict[str, int]


def build_encounters(tables: Mapping[str, pl.LazyFrame], ids: Ids, data_use: DataUse) -> Intake:
    """Return an encounter for each row of edstays. `tables` are as `scan_release` returns them.

    Raises BadInput naming table and rows where a stay stands twice or has no id.
    """
    stays = with_ages(type_stays(tables["edstays"]), tables.get("patients"))
    identified, charted = _read_two_at_once(tables, stays, ids)
    summaries = link_summaries(tables.get("discharge"), stays)
    found = [stay_problems(stays), *(part.problems for part in charted), summaries.problems]
    problems = all_problems([rows for part in found for rows in part])
    facts = [*(part.facts for part in charted), summaries.excerpts, set_aside(problems, stays.height)]
    complete = pl.concat([identified, *facts], how="horizontal")
    counts = {"vitals_outside_stay": _outside_stay(problems), **_ages_missing(tables, stays), **summaries.counts}
    return Intake(_as_records(complete, data_use), _with_stay_ids(problems, stays), counts)


def _read_two_at_once(
    tables: Mapping[str, pl.LazyFrame], stays: pl.DataFrame, ids: Ids
) -> tuple[pl.DataFrame, list[charting.Charted]]:
    """Return the stays with their ids, and what is charted on them.

    A gzip file inflates on one core, so one table is read while another is being ordered.
    """
    with ThreadPoolExecutor(2) as threads:
        charted = threads.map(lambda table: _READERS[table](tables[table], stays), _READERS)
        identified = threads.submit(_with_ids, stays, ids)
        return identified.result(), list(charted)


def _outside_stay(problems: pl.DataFrame) -> int:
    reasons = [charting.BEFORE_ARRIVAL, charting.AFTER_DEPARTURE]
    return problems.filter(table="vitalsign").filter(pl.col("reason").is_in(reasons)).height


def _ages_missing(tables: Mapping[str, pl.LazyFrame], stays: pl.DataFrame) -> dict[str, int]:
    return {"stays_without_age": stays["age_years"].null_count()} if "patients" in tables else {}


def _with_ids(stays: pl.DataFrame, ids: Ids) -> pl.DataFrame:
    return stays.with_columns(
        encounter_id=ids.ids_for("encounter", ISSUER, stays["stay_id"]),
        patient_key=ids.ids_for("patient", ISSUER, stays["subject_id"]),
    )


def _with_stay_ids(problems: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    stay_id = stays["stay_id"].gather(problems[STAY])
    return problems.select("table", "row", "column", stay_id, "field", "reason")


def _as_records(complete: pl.DataFrame, data_use: DataUse) -> pl.DataFrame:
    schema = polars_schema(PhiEncounter)
    absent = [pl.lit(None, schema[name]).alias(name) for name in ("note", "note_origin", "revises")]
    none = [pl.lit([], schema[name]).alias(name) for name in ("administered", "confirmed_doses", "known_identifiers")]
    records = complete.with_columns(
        *absent,
        *none,
        _source_ids(complete),
        schema=pl.lit(ENCOUNTER_SCHEMA),
        source=pl.lit("mimic"),
        data_use=pl.lit(data_use),
        arrival_time="intime",
    )
    return records.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _source_ids(stays: pl.DataFrame) -> pl.Series:
    ids = stays.unpivot(["subject_id", "stay_id", "hadm_id"], index=STAY, variable_name="kind")
    given = ids.filter(pl.col("value").is_not_null()).sort(STAY, maintain_order=True)
    return listed(given, "source_ids", ["kind", "value"], stays.height).to_series()

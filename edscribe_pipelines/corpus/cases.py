"""Training pairs: the facts of stays and the notes that state them."""

from __future__ import annotations

import polars as pl

from edscribe_pipelines.clinical.fact_words import DISPOSITIONS
from edscribe_pipelines.clinical.guardrails import ADULT_YEARS
from edscribe_pipelines.clinical.protocols.mentioned import protocols_in
from edscribe_pipelines.clinical.records import Case, NoteOrigin, Tier, polars_schema

_UNKNOWN_COMPLAINT = "UNKNOWN-CC"
_KNOWN_DISPOSITIONS = [*DISPOSITIONS, "LEFT WITHOUT BEING SEEN", "ELOPED"]


def make_cases(
    encounters: pl.DataFrame,
    tier: Tier,
    origin: NoteOrigin,
    prompts: pl.Series,
    notes: pl.Series,
    provenance: pl.Series,
) -> pl.DataFrame:
    """Return a `Case` for each `DeidentifiedNote` row. Its id comes from the stay's random id, so it says
    nothing more."""
    metadata = pl.struct(
        pl.col("chief_complaint").fill_null(""),
        pl.col("triage_acuity").alias("esi_level"),
        pl.col("disposition").fill_null(""),
        protocols_in(notes).alias("protocols"),
    )
    schema = polars_schema(Case)
    return encounters.with_columns(
        case_id=pl.format("c-{}-{}", pl.col("encounter_id").str.strip_prefix("e-"), pl.lit(tier)),
        tier=pl.lit(tier),
        note_origin=pl.lit(origin),
        prompt=prompts,
        completion=notes,
        metadata=metadata,
        provenance=provenance,
    ).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def no_case_reasons(encounters: pl.DataFrame) -> pl.Series:
    """Return for each `DeidentifiedNote` row why it cannot make an honest case; empty where it can."""
    disposition = pl.col("disposition")
    reasons = {
        "phi_gate_failed": pl.col("phi_gate") != "pass",
        "under_18": pl.col("age_years") < ADULT_YEARS,
        "no_chief_complaint": pl.col("chief_complaint").fill_null(_UNKNOWN_COMPLAINT) == _UNKNOWN_COMPLAINT,
        "left_without_being_seen": disposition == "LEFT WITHOUT BEING SEEN",
        "eloped": disposition == "ELOPED",
        "disposition_not_known": ~disposition.is_in(_KNOWN_DISPOSITIONS).fill_null(False),
    }
    holding = [pl.when(holds).then(pl.lit(reason)) for reason, holds in reasons.items()]
    return encounters.select(pl.concat_list(_unreadable(), pl.concat_list(holding).list.drop_nulls())).to_series()


def _unreadable() -> pl.Expr:
    """Why a physician's note could not be read, as its intake set it aside."""
    of_note = pl.element().filter(pl.element().struct.field("field") == "note")
    named = pl.col("set_aside").list.eval(pl.format("note_{}", of_note.struct.field("reason")))
    return pl.when(pl.col("source") == "notes").then(named).otherwise(pl.lit([], dtype=pl.List(pl.String)))

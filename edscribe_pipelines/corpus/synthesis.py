"""Cases written by the pipeline itself for stays that have no note of their own."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from edscribe_pipelines.clinical.records import Case, DeidentifiedNote, QuarantinedCase, rows_of, to_frame
from edscribe_pipelines.corpus.cases import reasons_for_no_case
from edscribe_pipelines.corpus.quarantine import refused_stay
from edscribe_pipelines.corpus.render import render_case


@dataclass(frozen=True)
class Synthesis:
    """`cases` are `Case` rows; `refused` are `QuarantinedCase` rows for the other stays."""

    cases: pl.DataFrame
    refused: pl.DataFrame


def synthesise_cases(encounters: pl.DataFrame) -> Synthesis:
    """Return a rendered case for each `DeidentifiedNote` row without a note, or why there is none."""
    cases, refused = [], []
    for encounter in rows_of(DeidentifiedNote, encounters.filter(pl.col("note_origin").is_null())):
        reasons = reasons_for_no_case(encounter)
        if reasons:
            refused.append(refused_stay(encounter, "synthetic_cases", reasons))
        else:
            cases.append(render_case(encounter))
    return Synthesis(to_frame(Case, cases), to_frame(QuarantinedCase, refused))

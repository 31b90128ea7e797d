"""Cases written by the pipeline itself for stays that have no note of their own."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from edscribe_pipelines.corpus.cases import no_case_reasons
from edscribe_pipelines.corpus.quarantine import refused_stays
from edscribe_pipelines.corpus.render import render_cases


@dataclass(frozen=True)
class Synthesis:
    """`cases` are `Case` rows; `refused` are `QuarantinedCase` rows for the other stays."""

    cases: pl.DataFrame
    refused: pl.DataFrame


def stays_to_synthesise(encounters: pl.DataFrame) -> pl.DataFrame:
    """Return the `DeidentifiedNote` rows that have no note and can make a case."""
    silent = encounters.filter(pl.col("note_origin").is_null())
    return silent.filter(no_case_reasons(silent).list.len() == 0)


def synthesise_cases(encounters: pl.DataFrame) -> Synthesis:
    """Return a rendered case for each `DeidentifiedNote` row without a note, or why there is none.

    It takes some 20 kB of memory a stay, so a month of many goes through it in chunks.
    """
    silent = encounters.filter(pl.col("note_origin").is_null())
    reasons = no_case_reasons(silent)
    cases = render_cases(silent.filter(reasons.list.len() == 0))
    return Synthesis(cases, refused_stays(silent, "synthetic_cases", reasons))

"""Every stay of a month judged: it becomes a case that no gate failed, or goes to quarantine with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import (
    Case,
    DeidentifiedNote,
    GatedCase,
    QuarantinedCase,
    polars_schema,
    rows_of,
    to_frame,
)
from edscribe_pipelines.corpus.cases import no_case_reasons
from edscribe_pipelines.corpus.gating.judgement import GATES, judge
from edscribe_pipelines.corpus.physician import physician_cases
from edscribe_pipelines.corpus.quarantine import failed_case, refused_stays
from edscribe_pipelines.errors import CorpusInvariant

VERDICTS = tuple(f"gate_{gate}" for gate in GATES)
"""The columns of `GatedCase` that hold the gates' verdicts."""


@dataclass(frozen=True)
class Gated:
    """`passed` are `GatedCase` rows, `quarantined` are `QuarantinedCase` rows."""

    passed: pl.DataFrame
    quarantined: pl.DataFrame


def gate_corpus(encounters: pl.DataFrame, synthetic: pl.DataFrame, refused: pl.DataFrame) -> Gated:
    """Return every stay of `encounters` (`DeidentifiedNote` rows) once: as a gated case or in quarantine.

    `synthetic` are the `Case` rows drafted for stays without a note; `refused` the stays that gave none. Raises
    CorpusInvariant where `encounters` lack a column: an older version stored them.
    """
    if lacking := polars_schema(DeidentifiedNote).keys() - set(encounters.columns):
        raise CorpusInvariant(
            f"deidentified_notes lacks {', '.join(sorted(lacking))}: an older version stored it. Materialise it again."
        )
    noted = encounters.filter(pl.col("note_origin").is_not_null())
    reasons = no_case_reasons(noted)
    written = physician_cases(noted.filter(reasons.list.len() == 0))
    unheaded = noted.filter(reasons.list.len() == 0).join(written, on="encounter_id", how="anti")
    no_headings = pl.Series([["note_without_headings"]] * unheaded.height, dtype=pl.List(pl.String))
    passed, failed = _judged(pl.concat([written, synthetic]), encounters)
    refusals = [
        refused,
        refused_stays(noted, "gated_corpus", reasons),
        refused_stays(unheaded, "gated_corpus", no_headings),
        failed,
    ]
    return Gated(passed, pl.concat(refusals))


def facts_of(cases: pl.DataFrame, encounters: pl.DataFrame) -> list[DeidentifiedNote]:
    """Return the encounter that each row of `cases` is about. Raises KeyError where `encounters` lacks it."""
    about = encounters.join(cases, on="encounter_id", how="semi")
    stays = {encounter["encounter_id"]: encounter for encounter in rows_of(DeidentifiedNote, about)}
    return [stays[encounter_id] for encounter_id in cases["encounter_id"]]


def _judged(cases: pl.DataFrame, encounters: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the `GatedCase` rows of the cases that may enter, and the `QuarantinedCase` rows of the others."""
    judged: list[dict[str, Any]] = []
    failed: list[QuarantinedCase] = []
    for case, encounter in zip(rows_of(Case, cases), facts_of(cases, encounters), strict=True):
        judgement = judge(case["prompt"], case["completion"], case["tier"], encounter)
        verdicts = {f"gate_{gate}": verdict for gate, verdict in judgement.gates.items()}
        judged.append({**verdicts, "findings": judgement.findings, "may_enter": not judgement.reasons})
        if judgement.reasons:
            failed.append(failed_case(case, encounter["source"], judgement.reasons, judgement.findings))
    gated = polars_schema(GatedCase)
    added = {name: gated[name] for name in (*VERDICTS, "findings")}
    results = pl.DataFrame(judged, schema={**added, "may_enter": pl.Boolean}, orient="row")
    passed = cases.hstack(results).filter("may_enter").select(list(gated))
    return passed, to_frame(QuarantinedCase, failed)

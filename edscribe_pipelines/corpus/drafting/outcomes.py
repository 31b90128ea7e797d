"""What became of the stays that were asked for: cases, refusals with their reasons, and the counts of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl

from edscribe_pipelines.clinical.grounding.checks import check_grounding
from edscribe_pipelines.clinical.grounding.source import source_in
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.records import Case, Finding, QuarantinedCase, polars_schema
from edscribe_pipelines.corpus.cases import make_cases
from edscribe_pipelines.corpus.drafting.answers import note_from
from edscribe_pipelines.corpus.drafting.ledger import Settled, Spend
from edscribe_pipelines.corpus.quarantine import refused_stays

ACCEPTED = "accepted"


@dataclass(frozen=True)
class Drafting:
    """`cases` are `Case` rows of the tier drafted, `refused` are `QuarantinedCase` rows for the other stays that
    were asked for. A stay that is in neither was not asked for.

    `asked` has encounter_id, complaint, outcome (`accepted` or the reason) and whether the answer was `from_cache`.
    """

    cases: pl.DataFrame
    refused: pl.DataFrame
    asked: pl.DataFrame
    kept_by_egress_wall: int
    attempts: dict[str, int]
    spent: Spend

    @cached_property
    def acceptance(self) -> pl.DataFrame:
        """How many were asked for and accepted, per complaint."""
        accepted = (pl.col("outcome") == ACCEPTED).sum()
        return self.asked.group_by("complaint").agg(asked=pl.len(), accepted=accepted).sort("complaint")

    @cached_property
    def counts(self) -> dict[str, Any]:
        outcomes = dict(self.asked["outcome"].value_counts().sort("outcome").iter_rows())
        return {
            "requested": self.asked.height,
            "accepted": outcomes.pop(ACCEPTED, 0),
            "refused": outcomes,
            "from_cache": self.asked["from_cache"].sum(),
            "kept_by_egress_wall": self.kept_by_egress_wall,
            "attempts": self.attempts,
            "prompt_tokens": self.spent.prompt_tokens,
            "completion_tokens": self.spent.completion_tokens,
            "cost_usd": round(self.spent.cost_usd, 6),
            "possibly_billed": self.spent.possibly_billed,
        }


class Judgement(NamedTuple):
    """`outcome` is `accepted` or the reason; `note` and `findings` are there where there was a note to judge."""

    outcome: str
    note: str | None
    findings: list[Finding]


def judge(settled: Settled | None, facts: str) -> Judgement:
    """Return what becomes of a stay with these facts, asked for as `settled` says."""
    if settled is None or settled.sections is None:
        return Judgement(f"draft_{settled.status if settled else 'unanswered'}", None, [])
    note = note_from(settled.sections)
    findings = check_grounding(parse_note(note, headed=True), source_in(facts), complete=True)
    critical = any(finding["severity"] == "critical" for finding in findings)
    return Judgement("draft_not_grounded" if critical else ACCEPTED, note, findings)


def accepted_cases(stays: pl.DataFrame, judgements: Sequence[Judgement]) -> pl.DataFrame:
    """Return the `Case` rows of the stays (with their `facts`) whose draft was accepted."""
    accepted = pl.Series([judgement.outcome == ACCEPTED for judgement in judgements], dtype=pl.Boolean)
    notes = pl.Series([judgement.note for judgement in judgements], dtype=pl.String).filter(accepted)
    chosen = stays.filter(accepted)
    no_provenance = pl.Series([[]] * chosen.height, dtype=polars_schema(Case)["provenance"])
    return make_cases(chosen, "drafted", "model", chosen["facts"], notes, no_provenance)


def refused_drafts(stays: pl.DataFrame, judgements: Sequence[Judgement]) -> pl.DataFrame:
    """Return the `QuarantinedCase` rows of the other stays, with the findings on a draft that was not grounded."""
    refused = pl.Series([judgement.outcome != ACCEPTED for judgement in judgements], dtype=pl.Boolean)
    reasons = [[judgement.outcome] for judgement in judgements if judgement.outcome != ACCEPTED]
    findings = [judgement.findings for judgement in judgements if judgement.outcome != ACCEPTED]
    rows = refused_stays(stays.filter(refused), "synthetic_cases", pl.Series(reasons, dtype=pl.List(pl.String)))
    return rows.with_columns(findings=pl.Series(findings, dtype=polars_schema(QuarantinedCase)["findings"]))

"""The five gates of the plan, on every candidate case.

Twelve sections, guardrails, decision making, disposition with rationale, no PHI. A gate passes, fails
or is not assessable; a case enters the corpus when none fails. All others go to quarantine.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.records import Case, DeidentifiedNote, GatedCase, QuarantinedCase, rows_of, to_frame
from edscribe_pipelines.corpus.cases import no_case_reasons
from edscribe_pipelines.corpus.physician import physician_cases
from edscribe_pipelines.corpus.quarantine import failed_case, refused_stays
from edscribe_pipelines.deidentify.checking.gate import phi_findings

GATES = ("sections", "guardrails", "decision_making", "disposition", "phi")


@dataclass(frozen=True)
class Gated:
    """`passed` are `GatedCase` rows, `quarantined` are `QuarantinedCase` rows."""

    passed: pl.DataFrame
    quarantined: pl.DataFrame


def gate_corpus(encounters: pl.DataFrame, synthetic: pl.DataFrame, refused: pl.DataFrame) -> Gated:
    """Return every stay of `encounters` (`DeidentifiedNote` rows) once: as a gated case or in quarantine.

    `synthetic` are the `Case` rows drafted for stays without a note; `refused` the stays that gave none.
    """
    noted = encounters.filter(pl.col("note_origin").is_not_null())
    reasons = no_case_reasons(noted)
    written = physician_cases(noted.filter(reasons.list.len() == 0))
    lacking = noted.filter(reasons.list.len() == 0).join(written, on="encounter_id", how="anti")
    no_headings = pl.Series([["note_without_headings"]] * lacking.height, dtype=pl.List(pl.String))
    passed: list[GatedCase] = []
    quarantined: list[QuarantinedCase] = []
    stays = {encounter["encounter_id"]: encounter for encounter in rows_of(DeidentifiedNote, encounters)}
    for case in (*rows_of(Case, written), *rows_of(Case, synthetic)):
        _judge(case, stays[case["encounter_id"]], passed, quarantined)
    refusals = [
        refused,
        refused_stays(noted, "gated_corpus", reasons),
        refused_stays(lacking, "gated_corpus", no_headings),
        to_frame(QuarantinedCase, quarantined),
    ]
    return Gated(to_frame(GatedCase, passed), pl.concat(refusals))


def _judge(
    case: Case, encounter: DeidentifiedNote, passed: list[GatedCase], quarantined: list[QuarantinedCase]
) -> None:
    gated = gate_case(case, encounter)
    failed = [f"gate_{gate}" for gate in GATES if gated[f"gate_{gate}"] == "fail"]  # type: ignore[literal-required]
    if failed:
        quarantined.append(failed_case(case, encounter["source"], failed, gated["findings"]))
    else:
        passed.append(gated)


def gate_case(case: Case, encounter: DeidentifiedNote) -> GatedCase:
    """Return the case with the verdict of each gate and its findings."""
    report = check_note(case["completion"], encounter, rendered=case["tier"] == "rendered")
    return {
        **case,
        "gate_sections": report.gates["sections"],
        "gate_guardrails": report.gates["guardrails"],
        "gate_decision_making": report.gates["decision_making"],
        "gate_disposition": report.gates["disposition"],
        "gate_phi": "fail" if phi_findings(f"{case['prompt']}\n{case['completion']}", []) else "pass",
        "findings": report.findings,
    }

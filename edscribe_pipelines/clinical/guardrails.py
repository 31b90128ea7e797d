"""All rules on one note: sections, vital signs, doses, protocols, can't-miss diagnoses, reasoning.

`passed` is false exactly when a finding is critical. Missing a dangerous value is worse than an unneeded
warning; a critical finding on a sound note is worse than both, because physicians stop reading them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from edscribe_pipelines.clinical.medications.allergies import check_allergies
from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.protocols.checks import check_protocols
from edscribe_pipelines.clinical.reading.note import SectionSpan, section_spans, section_states
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.checks import check_reasoning
from edscribe_pipelines.clinical.reasoning.contradictions import check_contradictions
from edscribe_pipelines.clinical.reasoning.decision_making import judge_decision_making
from edscribe_pipelines.clinical.reasoning.disposition import judge_disposition
from edscribe_pipelines.clinical.reasoning.rule_outs import check_rule_outs
from edscribe_pipelines.clinical.reasoning.sections import check_sections
from edscribe_pipelines.clinical.records import (
    ENCOUNTER_SCHEMA,
    Encounter,
    Finding,
    SectionState,
    Verdict,
    validate,
    with_absent_facts,
)
from edscribe_pipelines.clinical.vitals.checks import check_vitals
from edscribe_pipelines.errors import BadInput


@dataclass(frozen=True)
class Report:
    """`gates` has a verdict for sections, guardrails, decision_making and disposition."""

    sections: dict[str, SectionState]
    findings: list[Finding]
    gates: dict[str, Verdict]

    @property
    def passed(self) -> bool:
        return not any(finding["severity"] == "critical" for finding in self.findings)


def check_note(note: str, facts: Encounter | None = None, rendered: bool = False) -> Report:
    """Return what the rules say about `note`.

    `facts` is the encounter that the note is about. A note is structured, so that its reasoning cannot be
    assessed, if it was `rendered` or if the encounter has no physician's note.
    """
    structured = rendered or (facts is not None and facts["note_origin"] != "physician")
    read = parse_note(note)
    states = section_states(note)
    sections = check_sections(read, facts)
    guardrails = [*check_vitals(read), *check_doses(read, facts), *check_allergies(read, facts)]
    gates: dict[str, Verdict] = {
        "sections": _verdict(sections),
        "guardrails": _verdict(guardrails),
        "decision_making": judge_decision_making(read, facts, structured=structured),
        "disposition": judge_disposition(read, facts, structured=structured),
    }
    beside = [
        *check_reasoning(read, gates, facts),
        *check_contradictions(read, facts),
        *check_protocols(read, source_holds_steps=not structured),
        *check_rule_outs(read, facts, source_holds_reasoning=not structured),
    ]
    gates["guardrails"] = _verdict([*guardrails, *beside])
    spans = section_spans(note)
    return Report(states, [_located(finding, spans) for finding in (*sections, *guardrails, *beside)], gates)


def _verdict(findings: list[Finding]) -> Verdict:
    return "fail" if any(finding["severity"] == "critical" for finding in findings) else "pass"


def _located(finding: Finding, spans: tuple[SectionSpan, ...]) -> Finding:
    """Return the finding with the section in which it starts, where it names none."""
    start = finding["start"]
    if finding["section"] is not None or start is None:
        return finding
    return {**finding, "section": next((name for name, low, high in spans if low <= start < high), None)}


def check_lines(rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Yield `{"id", "passed", "sections", "findings"}` for each (place, `{"id", "note"[, "source"]}`).

    `source` is an `Encounter`; what it leaves out is absent. Raises BadInput naming place and field.
    """
    for place, row in rows:
        _require(place, row, "id", (str, int))
        _require(place, row, "note", (str,))
        facts = None if row.get("source") is None else _encounter(place, row["source"])
        report = check_note(row["note"], facts)
        yield {
            "id": row["id"],
            "passed": report.passed,
            "sections": report.sections,
            "findings": report.findings,
        }


def _require(place: str, row: dict[str, Any], field: str, types: tuple[type, ...]) -> None:
    if not isinstance(row.get(field), types):
        raise BadInput(place, "text is required", field=field, remedy='Write {"id": "...", "note": "..."}.')


def _encounter(place: str, source: Any) -> Encounter:
    if not isinstance(source, dict):
        raise BadInput(place, "an object is required", field="source", remedy="Leave it out if there are no facts.")
    named = {
        "schema": ENCOUNTER_SCHEMA,
        "encounter_id": "",
        "patient_key": "",
        "source": "notes",
        "data_use": "institutional",
    }
    return validate(Encounter, with_absent_facts(named | source), f"{place}, source")

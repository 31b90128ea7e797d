"""All rules on one note: sections, vital signs, doses, allergies, protocols, decisions, grounding in the facts.

`passed` is false exactly when a finding is critical. Missing a dangerous value is worse than an unneeded
warning; a critical finding on a sound note is worse than both, because physicians stop reading them.

Limits, protocols and can't-miss diagnoses are those of adults. A note about a child is held to what is true at any age:
vital signs that cannot be, allergies, gross doses by weight, a note against itself, and the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from edscribe_pipelines.clinical.grounding.checks import check_grounding
from edscribe_pipelines.clinical.grounding.source import source_of
from edscribe_pipelines.clinical.medications.allergies import check_allergies
from edscribe_pipelines.clinical.medications.children import check_child_doses
from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.protocols.checks import check_protocols
from edscribe_pipelines.clinical.reading.age import age_years
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote, parse_note
from edscribe_pipelines.clinical.reasoning.against_itself.checks import check_against_itself
from edscribe_pipelines.clinical.reasoning.care.checks import check_care
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
from edscribe_pipelines.clinical.vitals.checks import check_vitals, check_vitals_of_child
from edscribe_pipelines.clinical.vitals.weight_for_age import check_weight
from edscribe_pipelines.errors import BadInput

ADULT_YEARS = 18
"""The rules of `clinical/tables` are for adults."""

_GATE_OF = {"section": "sections", "decision_making": "decision_making", "disposition": "disposition"}
"""The gate that a critical finding fails, by the first part of its rule; any other is of the guardrails."""
_SCOPE = "The project's rule: limits, protocols and can't-miss diagnoses are those of adults (2026)"


@dataclass(frozen=True)
class Report:
    """`gates` has a verdict for sections, guardrails, decision_making and disposition."""

    sections: dict[str, SectionState]
    findings: list[Finding]
    gates: dict[str, Verdict]

    @property
    def passed(self) -> bool:
        return not any(finding["severity"] == "critical" for finding in self.findings)


def check_note(
    note: str,
    facts: Encounter | None = None,
    rendered: bool = False,
    headed: bool = False,
    by_template: bool = False,
) -> Report:
    """Return what the rules say about `note`.

    `facts` is the encounter that the note is about. If the note was `rendered`, or drafted, from them alone, they
    are all that it may state; else only what contradicts them plainly blocks. The reasoning of such a note, and of
    one whose encounter has no physician's note, cannot be assessed. `headed` asks for the headings of a note that
    this project writes. What was written `by_template` from the facts tells nothing two ways that they do not: it is
    held to them alone.
    """
    structured = rendered or (facts is not None and facts["note_origin"] != "physician")
    read = parse_note(note, headed)
    findings = [*check_sections(read, facts), *_by_age(read, facts, structured)]
    if not by_template:
        findings += _against_itself(read, facts, structured)
    if facts is not None:
        findings += check_grounding(read, source_of(facts), complete=rendered)
    gates: dict[str, Verdict] = {
        "sections": "pass",
        "guardrails": "pass" if _is_adult(read, facts) else "fail",
        "decision_making": judge_decision_making(read, facts, structured=structured),
        "disposition": judge_disposition(read, facts, structured=structured),
    }
    findings += check_reasoning(read, gates, facts)
    for finding in findings:
        if finding["severity"] == "critical":
            gates[_GATE_OF.get(finding["rule"].partition(".")[0], "guardrails")] = "fail"
    return Report(read.states, [_located(finding, read) for finding in findings], gates)


def _by_age(note: ParsedNote, facts: Encounter | None, structured: bool) -> list[Finding]:
    age = _age(note, facts)
    if age is not None and age < ADULT_YEARS:
        return _of_child(note, facts, age)
    protocols = check_protocols(note, source_holds_steps=not structured)
    return [
        *check_vitals(note),
        *check_weight(note, age),
        *check_doses(note, facts),
        *check_allergies(note, facts),
        *check_contradictions(note, facts),
        *protocols,
        *([] if structured else check_care(note, facts, protocols)),
        *check_rule_outs(note, facts, source_holds_reasoning=not structured),
    ]


def _against_itself(note: ParsedNote, facts: Encounter | None, structured: bool) -> list[Finding]:
    """Return what the note tells two ways. Of one that says only what is recorded, the words of the record itself
    warn: whoever writes from it cannot mend them."""
    found = check_against_itself(note, adult=_is_adult(note, facts))
    if facts is None or not structured:
        return found
    recorded = "\n".join(
        [facts["chief_complaint"] or "", *(each["title"] or "" for each in facts["diagnoses"])]
    ).lower()
    return [
        {**each, "severity": "warning"} if note.text[each["start"] or 0 : each["end"]].lower() in recorded else each
        for each in found
    ]


def _of_child(note: ParsedNote, facts: Encounter | None, age_years: float) -> list[Finding]:
    return [
        _out_of_scope(),
        *check_vitals_of_child(note),
        *check_weight(note, age_years),
        *check_child_doses(note, facts, age_years),
        *check_allergies(note, facts),
        *check_contradictions(note, facts),
    ]


def _is_adult(note: ParsedNote, facts: Encounter | None) -> bool:
    """Whether the patient is an adult, as is taken for granted where neither the facts nor the note give an age."""
    age = _age(note, facts)
    return age is None or age >= ADULT_YEARS


def _age(note: ParsedNote, facts: Encounter | None) -> float | None:
    recorded = facts["age_years"] if facts else None
    return note.of(age_years) if recorded is None else recorded


def _out_of_scope() -> Finding:
    return Finding(
        rule="scope.under_18",
        severity="warning",
        section=None,
        start=None,
        end=None,
        message=_NOT_APPLIED,
        citation=_SCOPE,
    )


_NOT_APPLIED = (
    "The patient is under 18. Not applied: alarm limits of vital signs, limits of doses below gross errors, protocols, "
    "risk scores and can't-miss diagnoses, which are those of adults."
)


def _located(finding: Finding, note: ParsedNote) -> Finding:
    """Return the finding with the section in which it starts, where it names none."""
    start = finding["start"]
    if finding["section"] is not None or start is None:
        return finding
    return {**finding, "section": note.section_at(start)}


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

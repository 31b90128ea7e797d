"""What the twelve sections hold and what they withhold: the first of the plan's quality gates (section 2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import PLAN, section_finding
from edscribe_pipelines.clinical.records import Encounter, Finding, SectionState, Severity

_ARCHITECTURE = "The project's rule: a section without facts says so, and no fact is withheld"


def check_sections(note: ParsedNote, facts: Encounter | None) -> list[Finding]:
    """Return a critical finding for each section that is missing, empty, or says that nothing is
    documented although the encounter has a fact for it."""
    return [
        section_finding(note, f"section.{rule}", severity, section, message, citation)
        for section, state in note.states.items()
        for rule, severity, message, citation in _section_problem(section, state, facts)
    ]


def _section_problem(
    section: str, state: SectionState, facts: Encounter | None
) -> Iterator[tuple[str, Severity, str, str]]:
    if state == "missing":
        yield "missing", "critical", "The section is missing.", PLAN
    elif state == "empty":
        yield "empty", "critical", "The section holds nothing or only a placeholder.", PLAN
    elif state == "not_documented" and facts is None:
        yield "not_documented", "warning", "The section is not documented; there are no facts to compare.", PLAN
    elif state == "not_documented" and facts is not None and _has_facts(section, facts):
        yield "fact_withheld", "critical", "The encounter has a fact for this section.", _ARCHITECTURE
    elif state == "not_documented":
        yield "not_documented", "information", "The source holds nothing for this section.", _ARCHITECTURE


def _has_facts(section: str, facts: Encounter) -> bool:
    match section:
        case "Chief Complaint":
            return bool(facts["chief_complaint"])
        case "Medications":
            return bool(facts["home_medications"])
        case "Physical Examination":
            return any(value is not None for value in facts["triage"].values())
        case "ED Course & Procedures":
            return bool(facts["dispensed"]) or any(_is_measured(dict(vitals)) for vitals in facts["vitals"])
        case "Medical Decision Making":
            return bool(facts["diagnoses"])
        case "Disposition":
            return bool(facts["disposition"])
        case _:
            return False


def _is_measured(vitals: dict[str, object]) -> bool:
    return any(value is not None for field, value in vitals.items() if field != "minute")

"""What the twelve sections hold and what they withhold: the first of the plan's quality gates (section 2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from edscribe_pipelines.clinical.reading.content.spans import Doubt
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import PLAN, place_finding, section_finding
from edscribe_pipelines.clinical.records import Encounter, Finding, SectionState, Severity

_READ_BY_CONTENT = "The project's rule: a section that no heading opens is read by its content, with its probability"
_ARCHITECTURE = "The project's rule: a section without facts says so, and no fact is withheld"


def check_sections(note: ParsedNote, facts: Encounter | None) -> list[Finding]:
    """Return a critical finding for each section that is missing, empty, or says that nothing is
    documented although the encounter has a fact for it; a warning for each where the reading is in doubt."""
    doubts = _doubts(note)
    findings = []
    for section, state in note.states.items():
        if section in doubts:
            findings.append(_doubtful(note, section, doubts[section]))
            continue
        if section in note.reading.inferred and state != "missing":
            findings.append(_inferred(note, section))
        findings += [
            section_finding(note, f"section.{rule}", severity, section, message, citation)
            for rule, severity, message, citation in _section_problem(section, state, facts)
        ]
    return findings


def _doubts(note: ParsedNote) -> dict[str, Doubt]:
    """Return the likeliest doubt about each missing section: it may be what is read as another, or is read by its
    content alone, and hardly."""
    doubts: dict[str, Doubt] = {}
    for doubt in sorted(note.reading.doubts, key=attrgetter("confidence")):
        for section in (doubt.read_as, doubt.section):
            if note.states.get(section) == "missing":
                doubts[section] = doubt
    return doubts


def _doubtful(note: ParsedNote, section: str, doubt: Doubt) -> Finding:
    message = f"In doubt: {doubt.read_as} ({doubt.read_confidence:.2f}) or {doubt.section} ({doubt.confidence:.2f})."
    place = doubt.start, doubt.end
    found = place_finding(note, "section.doubtful", "warning", place, message, _READ_BY_CONTENT)
    return {**found, "section": section}


def _inferred(note: ParsedNote, section: str) -> Finding:
    confidence = note.reading.inferred[section]
    message = f"No heading opens the section; its content is read as it ({confidence:.2f})."
    return section_finding(note, "section.inferred", "information", section, message, _READ_BY_CONTENT)


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

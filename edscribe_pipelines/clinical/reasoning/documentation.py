"""What the sections of a note hold, and what they withhold: three of the plan's quality gates.

All twelve sections present, decision making robust, disposition with a rationale (plan, section 2.2).
The wording that shows reasoning is in `tables/reasoning.csv`. Structured rows hold no reasoning, so for
a note made from them those gates are not assessable: never passed, never failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from edscribe_pipelines.clinical.reading.note import section_spans, split_sections
from edscribe_pipelines.clinical.records import Encounter, Finding, SectionState, Severity, Verdict
from edscribe_pipelines.clinical.tables import read_table, table_cache

_PLAN = "The project's plan, section 2.2: quality gates"
_ARCHITECTURE = "The project's rule: a section without facts says so, and no fact is withheld"
_SENTENCE = re.compile(r"[^.;\n]+")


def check_sections(note: str, states: Mapping[str, SectionState], facts: Encounter | None) -> list[Finding]:
    """Return a critical finding for each section that is missing, empty, or says that nothing is
    documented although the encounter has a fact for it."""
    places = {span.section: (span.start, span.end) for span in reversed(section_spans(note))}
    return [
        Finding(
            rule=f"section.{rule}",
            severity=severity,
            section=section,
            start=places[section][0] if section in places else None,
            end=places[section][1] if section in places else None,
            message=message,
            citation=citation,
        )
        for section, state in states.items()
        for rule, severity, message, citation in _section_problem(section, state, facts)
    ]


def _section_problem(
    section: str, state: SectionState, facts: Encounter | None
) -> Iterator[tuple[str, Severity, str, str]]:
    if state == "missing":
        yield "missing", "critical", "The section is missing.", _PLAN
    elif state == "empty":
        yield "empty", "critical", "The section holds nothing or only a placeholder.", _PLAN
    elif state == "not_documented" and facts is None:
        yield "not_documented", "warning", "The section is not documented; there are no facts to compare.", _PLAN
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


def judge_decision_making(note: str, *, structured: bool) -> Verdict:
    """Return pass where a physician's decision making shows a differential, a rule-out or a rationale."""
    if structured:
        return "not_assessable"
    content = split_sections(note).get("Medical Decision Making", "")
    return "pass" if any(pattern.search(content) for pattern in _wording()["decision_making"].values()) else "fail"


def judge_disposition(note: str, facts: Encounter | None, *, structured: bool) -> Verdict:
    """Return pass where a physician's disposition has a term and a rationale, the latter in its section
    or in a sentence of the decision making that names the disposition.

    A note made from structured rows fails only if its disposition names none.
    """
    contents = split_sections(note)
    content, reasoning = contents.get("Disposition", ""), contents.get("Medical Decision Making", "")
    term, rationale = _wording()["disposition"]["term"], _wording()["disposition"]["rationale"]
    if structured:
        states_it = (
            facts is None or not facts["disposition"] or term.search(content) or "disposition" in content.lower()
        )
        return "not_assessable" if states_it else "fail"
    reasoned = rationale.search(content) or any(
        term.search(sentence) and rationale.search(sentence) for sentence in _SENTENCE.findall(reasoning)
    )
    return "pass" if term.search(content) and reasoned else "fail"


def check_reasoning(note: str, gates: Mapping[str, Verdict]) -> list[Finding]:
    """Return a warning for each of the two gates that a physician's note fails, and one for a discharge
    without return precautions."""
    findings = []
    if gates["decision_making"] == "fail":
        message = "No differential, rule-out or rationale found in the decision making."
        findings.append(_warning(note, "decision_making.reasoning", "Medical Decision Making", message, _PLAN))
    if gates["disposition"] == "fail":
        message = "No disposition with a rationale found."
        findings.append(_warning(note, "disposition.rationale", "Disposition", message, _PLAN))
    if gates["disposition"] != "not_assessable" and _lacks_return_precautions(note):
        message = "Discharged, and no return precautions found."
        findings.append(_warning(note, "disposition.return_precautions", "Disposition", message, _precautions()))
    return findings


def _lacks_return_precautions(note: str) -> bool:
    discharge = _wording()["discharge"]
    content = split_sections(note).get("Disposition", "")
    return bool(discharge["discharge"].search(content)) and not discharge["return precautions"].search(note)


def _warning(note: str, rule: str, section: str, message: str, citation: str) -> Finding:
    place = next(((start, end) for name, start, end in section_spans(note) if name == section), (None, None))
    return Finding(
        rule=rule,
        severity="warning",
        section=section,
        start=place[0],
        end=place[1],
        message=message,
        citation=citation,
    )


@table_cache
def _wording() -> dict[str, dict[str, re.Pattern[str]]]:
    wording: dict[str, dict[str, re.Pattern[str]]] = {}
    for row in read_table("reasoning.csv"):
        wording.setdefault(row["gate"], {})[row["shows"]] = re.compile(row["pattern"], re.I)
    return wording


@table_cache
def _precautions() -> str:
    row = next(row for row in read_table("reasoning.csv") if row["shows"] == "return precautions")
    return f"{row['source']} ({row['year']})"

"""Whether a note states only what its source holds, as findings.

Against a source that holds everything that the note may state, whatever is not supported blocks. A physician's
note says more than a record does: there only a plain contradiction blocks, and the rest is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from edscribe_pipelines.clinical.grounding.ground import doubted_in
from edscribe_pipelines.clinical.grounding.plain import plain_contradictions
from edscribe_pipelines.clinical.grounding.source import Source
from edscribe_pipelines.clinical.grounding.statements import Kind, Statement
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Finding, Severity

_CITATION = "The project's rule: a note states only what its source holds (2026)"
_NOUNS: dict[Kind, str] = {
    "number": "this number",
    "vital": "this value of this vital sign",
    "acuity": "this triage acuity",
    "code": "this code",
    "drug": "this drug",
    "dose": "this dose of this drug",
    "administration": "that anything was given",
    "allergy": "this about allergies",
    "laterality": "this side",
    "negation": "this denial",
    "finding": "this finding",
    "reasoning": "this reasoning",
    "age": "this age",
    "sex": "this sex",
    "disposition": "this disposition",
}


def check_grounding(note: ParsedNote, source: Source, *, complete: bool) -> list[Finding]:
    """Return what the source contradicts or does not support, in the order of the note.

    `complete`: the source holds everything that the note may state.
    """
    doubted = doubted_in(note, source)
    if complete:
        return [_finding(note, each, "critical") for each in doubted]
    contradicted = [each for each in doubted if each.verdict == "contradicted"]
    plain = plain_contradictions(note, contradicted, source) if contradicted else set()
    findings = [_finding(note, each, "critical" if each in plain else "warning") for each in contradicted]
    return [*findings, *_counted(doubted)]


def _finding(note: ParsedNote, statement: Statement, severity: Severity) -> Finding:
    holds = "say otherwise than" if statement.verdict == "contradicted" else "do not hold"
    return Finding(
        rule=f"grounding.{statement.kind}_{statement.verdict}",
        severity=severity,
        section=note.section_at(statement.start),
        start=statement.start,
        end=statement.end,
        message=f"The facts {holds} {_NOUNS[statement.kind]}.",
        citation=_CITATION,
    )


def _counted(doubted: list[Statement]) -> Iterator[Finding]:
    counts = Counter(each.kind for each in doubted if each.verdict == "unsupported")
    for kind, count in sorted(counts.items()):
        yield Finding(
            rule=f"grounding.{kind}_unsupported",
            severity="information",
            section=None,
            start=None,
            end=None,
            message=f"The facts do not hold {count} of the note's statements of this kind; a physician confirms them.",
            citation=_CITATION,
        )

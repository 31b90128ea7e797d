"""What the rules of `against_itself` say about an invented note."""

from __future__ import annotations

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.against_itself.checks import check_against_itself
from edscribe_pipelines_tests.clinical.invented import note_of


def told(**said: str) -> list[tuple[str, str, str]]:
    """Return rule, severity and text of each place that is told two ways."""
    note = note_of(**said)
    findings = check_against_itself(parse_note(note))
    return [
        (finding["rule"].removeprefix("against_itself."), finding["severity"], note[finding["start"] : finding["end"]])
        for finding in findings
    ]


def rules(**said: str) -> set[tuple[str, str]]:
    return {(rule, severity) for rule, severity, _ in told(**said)}

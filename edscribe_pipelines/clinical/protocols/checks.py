"""Findings about the protocols that a note invokes or considers: named, steps missing, out of order, out of time.

All warn at most. Where the note's source cannot hold the steps, such as structured rows, they inform only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edscribe_pipelines.clinical.protocols.rules import Protocol, Step, protocols
from edscribe_pipelines.clinical.protocols.states import Mention, decisive_mentions
from edscribe_pipelines.clinical.protocols.steps import Span, shown_of, step_states
from edscribe_pipelines.clinical.protocols.timing import Course
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Finding, Severity

_ANCHORS = {"door": "arrival", "recognition": "recognition", "injury": "injury"}


def check_protocols(note: ParsedNote, *, source_holds_steps: bool = True) -> list[Finding]:
    """Return the findings about each protocol that the note invokes, and that it names one that it considers."""
    warns: Severity = "warning" if source_holds_steps else "information"
    findings: list[Finding] = []
    mentions = note.of(decisive_mentions)
    invoked = {name for name, mention in mentions.items() if mention.state == "invoked"}
    for name, mention in mentions.items():
        if mention.state != "negated":
            findings.append(_mentioned(protocols()[name], mention))
        if name in invoked and protocols()[name].yields_to not in invoked:
            findings += _about_steps(note, protocols()[name], mention, warns)
    return findings


def _mentioned(protocol: Protocol, mention: Mention) -> Finding:
    said = f"{protocol.name} protocol is {mention.state} in the note: verify its steps against the current protocol."
    return _finding(f"{protocol.rule}.mentioned", "information", mention, said, protocol.citation)


def _about_steps(note: ParsedNote, protocol: Protocol, mention: Mention, warns: Severity) -> Iterator[Finding]:
    shown = shown_of(note, protocol)
    states = step_states(note, protocol, shown)
    missing = [step for key, step in protocol.steps.items() if states[key] == "missing"]
    if missing:
        severity = warns if any(step.severity != "information" for step in missing) else "information"
        said = f"{protocol.name}: not found in the note: {'; '.join(step.name for step in missing)}."
        yield _finding(f"{protocol.rule}.steps", severity, mention, said, _cited(missing))
    course = Course(note, protocol, mention, shown)
    for before, after in course.out_of_order():
        said = (
            f"{protocol.name}: by the times in the note, this came too late: {before.name}; first came: {after.name}."
        )
        yield _finding(f"{protocol.rule}.order", warns, course.place(before.key), said, _cited([before, after]))
    for step, anchor in course.too_late(states):
        since = _ANCHORS.get(anchor) or protocol.steps[anchor].name
        said = (
            f"{protocol.name}: by its time in the note later than {step.within_min} minutes after {since}: {step.name}."
        )
        yield _finding(f"{protocol.rule}.time", warns, course.place(step.key), said, step.citation)
    for step, every in course.off_interval():
        said = f"{protocol.name}: by its times in the note not every {every.low} to {every.high} minutes: {step.name}."
        yield _finding(f"{protocol.rule}.time", warns, course.place(step.key), said, step.citation)


def _finding(rule: str, severity: Severity, at: Mention | Span, message: str, citation: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        section=None,
        start=at.start,
        end=at.end,
        message=message,
        citation=citation,
    )


def _cited(steps: Iterable[Step]) -> str:
    return "; ".join(dict.fromkeys(step.citation for step in steps))

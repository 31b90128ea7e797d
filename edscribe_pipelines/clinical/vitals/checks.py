"""Vital signs: what can be true of an adult, and what is true but must be addressed.

`check_vitals` holds what a note mentions to the limits, values of one set to each other, and dangerous values to the
note's response. Crying at a dose, a date or a target is worse here than missing a number in an unusual phrase,
because a critical finding keeps the note out of the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Finding, Severity
from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.clinical.vitals.mentions import VitalMention, vital_mentions
from edscribe_pipelines.clinical.vitals.relations import conflicts_of, relations, sets_of
from edscribe_pipelines.clinical.vitals.responses import addressed
from edscribe_pipelines.clinical.vitals.trends import is_dangerous, leaving_limit, unstable_at_discharge
from edscribe_pipelines.clinical.vitals.whose import is_here_and_now, is_of_another_body, is_point_of_a_score

_PAIN = "pain_0_10"
"""Not judged: "pain 12/10" is what patients say."""


def check_vitals(note: ParsedNote) -> list[Finding]:
    """Return a critical finding for each vital sign of the note that cannot be true, and for each dangerous one a
    warning, or an information where the note responds to it; in the order of the note."""
    judged = [mention for mention in vital_mentions(note) if mention.field != _PAIN]
    together, settled = _of_sets(note, judged)
    alone = [mention for mention in judged if mention not in settled]
    findings = [*together, *_impossible(note, alone), *_dangerous(note, alone)]
    return sorted(findings, key=lambda finding: finding["start"] or 0)


def check_vitals_of_child(note: ParsedNote) -> list[Finding]:
    """Return a critical finding for each vital sign that cannot be true at any age, or contradicts another."""
    judged = [mention for mention in vital_mentions(note) if mention.field not in (_PAIN, *_SCALED_FOR_CHILDREN)]
    together, settled = _of_sets(note, judged)
    alone = [mention for mention in judged if mention not in settled and not _is_possible_in_child(mention)]
    sure = [finding for finding in together if finding["rule"].removeprefix("vital.") in _AT_ANY_AGE]
    return sorted([*sure, *_impossible(note, alone)], key=lambda finding: finding["start"] or 0)


_AT_ANY_AGE = {"pressures_reversed", "map_outside_pressures", "gcs_sum"}
_SCALED_FOR_CHILDREN = ("glucose_mgdl",)
_HIGHEST_OF_CHILD = {"respiratory_rate_bpm": 120, "heart_rate_bpm": 320}
"""Infants breathe and beat faster than the limits of adults know (judgement; needs physician review)."""


def _is_possible_in_child(mention: VitalMention) -> bool:
    return vital_limits()[mention.field].possible_low <= mention.value <= _HIGHEST_OF_CHILD.get(mention.field, 0)


def _of_sets(note: ParsedNote, judged: Sequence[VitalMention]) -> tuple[list[Finding], set[VitalMention]]:
    """Return what the values of a set contradict in each other, and those that are not to be judged once more."""
    findings, settled = [], set()
    for group in sets_of(note.text, judged):
        for relation, first, last in conflicts_of(group):
            if is_of_another_body(note, first):
                continue
            findings.append(
                _finding(relation.rule, relation.severity, first.start, last.end, relation.message, relation.citation)
            )
            settled |= {first, last} if relation.rule in _SETTLING else set()
    return findings, settled


_SETTLING = {"vital.pressures_reversed", "vital.swapped"}
"""Values that stand for something else are not held to their limits, too."""


def _impossible(note: ParsedNote, judged: Sequence[VitalMention]) -> Iterator[Finding]:
    for mention in judged:
        limit = vital_limits()[mention.field]
        if limit.is_possible(mention.value) or limit.is_explained(mention.value, note.text):
            continue
        if is_point_of_a_score(note, mention):
            continue
        if not is_of_another_body(note, mention):
            message = (
                f"{limit.label.capitalize()} outside {limit.possible_low:g} to {limit.possible_high:g} {limit.unit} "
                "cannot be true."
            )
            yield _at(f"vital.{mention.field}.impossible", "critical", mention, message, limit.citation)


def _dangerous(note: ParsedNote, judged: Sequence[VitalMention]) -> Iterator[Finding]:
    """Yield the dangerous values of the stay, and those with which the patient goes home."""
    dangerous = [mention for mention in judged if is_dangerous(mention)]
    if not dangerous:
        return
    fields = {mention.field for mention in dangerous}
    measured = [mention for mention in judged if mention.field in fields and is_here_and_now(note, mention)]
    answered = addressed(note, dangerous, measured)
    here = set(measured)
    for mention in dangerous:
        if mention in here:
            yield _to_address(mention, mention in answered)
    home = relations()["discharge_unstable"]
    last = tuple(unstable_at_discharge(note, measured))
    for mention in last:
        limit = leaving_limit(note, mention, last)
        if limit:
            yield _at(home.rule, "critical", mention, limit.message, limit.citation)
        else:
            yield _at(home.rule, home.severity, mention, home.message, home.citation)


def _to_address(mention: VitalMention, is_addressed: bool) -> Finding:
    limit = vital_limits()[mention.field]
    bound = (
        f"at or below {limit.alarming_low:g}"
        if limit.alarm(mention.highest) == "low"
        else f"at or above {limit.alarming_high:g}"
    )
    message = f"{limit.label.capitalize()} {bound} {limit.unit}: {'' if is_addressed else 'to be '}addressed."
    severity: Severity = "information" if is_addressed else "warning"
    return _at(f"vital.{mention.field}.alarming", severity, mention, message, limit.alarming_citation)


def _at(rule: str, severity: Severity, mention: VitalMention, message: str, citation: str) -> Finding:
    return _finding(rule, severity, mention.start, mention.end, message, citation)


def _finding(rule: str, severity: Severity, start: int, end: int, message: str, citation: str) -> Finding:
    return Finding(rule=rule, severity=severity, section=None, start=start, end=end, message=message, citation=citation)

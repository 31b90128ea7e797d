"""Symptoms and findings that a text reports or denies, plainly and of the patient today."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.grounding.terms import terms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

REPORTED, DENIED = "reported", "denied"


def symptoms_in(note: ParsedNote) -> Iterator[Said]:
    for term in note.of(terms_in):
        if term.kind == "symptom":
            context = note.context(term.start, term.end)
            if context == {"negated"}:
                yield Said("negation", term.name, DENIED, term.start, term.end)
            elif not context:
                yield Said("finding", term.name, REPORTED, term.start, term.end)


def mentioned_symptoms(note: ParsedNote) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield whether each symptom that the text mentions in any way is reported or denied."""
    for term in note.of(terms_in):
        if term.kind == "symptom":
            denied = "negated" in note.context(term.start, term.end)
            yield ("symptom", term.name), DENIED if denied else REPORTED

"""What the source of a note holds, each fact in the one spelling in which it is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edscribe_pipelines.clinical.grounding.content import Content, content_of
from edscribe_pipelines.clinical.grounding.figures import Figure, numbers_in
from edscribe_pipelines.clinical.grounding.in_words import in_words
from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.grounding.symptoms import mentioned_symptoms
from edscribe_pipelines.clinical.grounding.told_before import Told, told_in
from edscribe_pipelines.clinical.grounding.units import unit_behind
from edscribe_pipelines.clinical.grounding.whole_words import words_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Encounter


@dataclass(frozen=True)
class Source:
    """`held` are the values of each subject, such as ("vital", "heart_rate_bpm"); `numbers` the units with which each
    number is written; `words` all words with a blank around each; `told` the values of each sentence by its words."""

    held: dict[tuple[str, str], frozenset[str]]
    drugs: frozenset[str]
    figures: frozenset[tuple[str, str]]
    numbers: dict[str, frozenset[str]]
    words: str
    vocabulary: frozenset[str]
    told: Told


def source_of(facts: Encounter) -> Source:
    """Return what the facts of an encounter hold."""
    return source_in(in_words(facts))


def source_in(text: str) -> Source:
    """Return what a text holds: facts in words, or another note about the same stay."""
    note = ParsedNote(text)
    content = content_of(note)
    words = words_of(text)
    return Source(
        held=_gathered([*_subjects(content), *mentioned_symptoms(note)]),
        drugs=frozenset(said.value for said in content.said if said.kind in ("drug", "allergy")),
        figures=frozenset((figure.kind, figure.value) for figure in content.figures),
        numbers=_numbers(content.figures, text),
        words=f" {' '.join(words)} ",
        vocabulary=frozenset(words),
        told=told_in(note),
    )


def subject_of(said: Said) -> tuple[str, str] | None:
    """Return what the statement is about; a symptom is one subject whether it is reported or denied."""
    if said.field is None:
        return None
    return ("symptom" if said.kind in ("negation", "finding") else said.kind, said.field)


def _subjects(content: Content) -> Iterator[tuple[tuple[str, str], str]]:
    for said in content.said:
        subject = subject_of(said)
        if subject:
            yield subject, said.value
        if said.field == "blood_pressure":
            systolic, diastolic = said.value.split("/")
            yield ("vital", "sbp_mmhg"), systolic
            yield ("vital", "dbp_mmhg"), diastolic


def _gathered(pairs: Iterable[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], frozenset[str]]:
    gathered: dict[tuple[str, str], set[str]] = {}
    for subject, value in pairs:
        gathered.setdefault(subject, set()).add(value)
    return {subject: frozenset(values) for subject, values in gathered.items()}


def _numbers(figures: Iterable[Figure], text: str) -> dict[str, frozenset[str]]:
    units: dict[str, set[str]] = {}
    for figure in figures:
        for number in numbers_in(figure, text):
            units.setdefault(number, set()).add(unit_behind(text, figure.end))
    return {number: frozenset(some) for number, some in units.items()}

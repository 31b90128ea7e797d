"""What the source of a note holds, each fact in the one spelling in which it is compared."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from edscribe_pipelines.clinical.grounding.content import Content, content_of
from edscribe_pipelines.clinical.grounding.figures import Figure, numbers_in
from edscribe_pipelines.clinical.grounding.in_words import in_words, lines_of
from edscribe_pipelines.clinical.grounding.measured import are_plain, measured
from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.grounding.symptoms import mentioned_symptoms
from edscribe_pipelines.clinical.grounding.told_before import Told, told_in, told_in_sentences
from edscribe_pipelines.clinical.grounding.units import unit_behind
from edscribe_pipelines.clinical.grounding.whole_words import words_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Encounter

Key = TypeVar("Key", bound=Hashable)


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
    """Return what the facts of an encounter hold: what their words do, of which plain vital signs need no reading."""
    if not facts["vitals"] or not are_plain(facts):
        return source_in(in_words(facts))
    before, vital_signs, behind = lines_of(facts)
    read = source_in("\n".join(before + behind))
    vitals = list(measured(facts))
    words = words_of("\n".join(before + vital_signs + behind))
    return Source(
        held=_united(read.held, ((("vital", each.field), each.value) for each in vitals if each.field)),
        drugs=read.drugs,
        figures=read.figures.union((each.kind, each.value) for each in vitals if each.kind),
        numbers=_united(read.numbers, ((number, each.unit) for each in vitals for number in each.numbers)),
        words=f" {' '.join(words)} ",
        vocabulary=frozenset(words),
        told=_told_too(read.told, told_in_sentences(vital_signs)),
    )


def source_in(text: str) -> Source:
    """Return what a text holds: facts in words, or another note about the same stay."""
    note = ParsedNote(text, headed=True)
    content = content_of(note)
    words = words_of(text)
    return Source(
        held=_united({}, [*_subjects(content), *mentioned_symptoms(note)]),
        drugs=frozenset(said.value for said in content.said if said.kind in ("drug", "allergy")),
        figures=frozenset((figure.kind, figure.value) for figure in content.figures),
        numbers=_united({}, _numbers(content.figures, text)),
        words=f" {' '.join(words)} ",
        vocabulary=frozenset(words),
        told=told_in(note),
    )


def _told_too(told: Told, besides: Told) -> Told:
    return told | {words: told.get(words, set()) | values for words, values in besides.items()}


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


def _numbers(figures: Iterable[Figure], text: str) -> Iterator[tuple[str, str]]:
    for figure in figures:
        unit = unit_behind(text, figure.end)
        yield from ((number, unit) for number in numbers_in(figure, text))


def _united(held: Mapping[Key, frozenset[str]], pairs: Iterable[tuple[Key, str]]) -> dict[Key, frozenset[str]]:
    gathered = {key: set(values) for key, values in held.items()}
    for key, value in pairs:
        gathered.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in gathered.items()}

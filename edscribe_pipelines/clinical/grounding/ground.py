"""Each statement of a note held against its source: supported, contradicted or unsupported.

A statement is contradicted where the source holds the same field with other values, or tells the same sentence
otherwise, and unsupported where it holds nothing of the kind. That a statement is supported does not make it
true: a number may stand in the source as something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.content import content_of
from edscribe_pipelines.clinical.grounding.figures import Figure, numbers_in
from edscribe_pipelines.clinical.grounding.medicines import is_same_dose
from edscribe_pipelines.clinical.grounding.sentences import LabelledSentence, labelled_sentences
from edscribe_pipelines.clinical.grounding.sides import BOTH
from edscribe_pipelines.clinical.grounding.source import Source, subject_of
from edscribe_pipelines.clinical.grounding.statements import Kind, Said, Statement, Verdict
from edscribe_pipelines.clinical.grounding.told_before import differences
from edscribe_pipelines.clinical.grounding.units import NO_UNIT, unit_behind
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

_LONGER_THAN_A_SENTENCE = {"disposition"}
_ORDER = attrgetter("start", "end", "kind")


class Grounding(NamedTuple):
    """Both are in the order of the note."""

    statements: tuple[Statement, ...]
    sentences: tuple[LabelledSentence, ...]


def ground_note(note: ParsedNote, source: Source) -> Grounding:
    """Return what becomes of the statements of the note, and whose words each of its sentences is."""
    judged = sorted(_judged_all(note, source), key=_ORDER)
    return Grounding(tuple(judged), tuple(labelled_sentences(note, judged, source)))


def doubted_in(note: ParsedNote, source: Source) -> list[Statement]:
    """Return the statements of the note that are not supported, in its order."""
    return sorted((each for each in _judged_all(note, source) if each.verdict != "supported"), key=_ORDER)


def _judged_all(note: ParsedNote, source: Source) -> Iterable[Statement]:
    content = note.of(content_of)
    judged = [_judged(said, source) for said in content.said]
    judged += [_judged_number(figure, note.text, source) for figure in content.numbers]
    otherwise = list(differences(note, source.told, source.vocabulary))
    return _told_otherwise(judged, otherwise) if otherwise else judged


def _judged(said: Said, source: Source) -> Statement:
    subject = subject_of(said)
    if subject is None:
        return _statement(said, "supported" if _is_held_in_words(said, source) else "unsupported", None)
    values = source.held.get(subject)
    if values is None:
        return _statement(said, "unsupported", None)
    return _statement(said, "supported" if _is_held(said, values) else "contradicted", said.field)


def _statement(said: Said, verdict: Verdict, field: str | None) -> Statement:
    return Statement(said.kind, verdict, said.start, said.end, field)


def _is_held_in_words(said: Said, source: Source) -> bool:
    return (said.kind == "drug" and said.value in source.drugs) or f" {said.value} " in source.words


def _is_held(said: Said, values: frozenset[str]) -> bool:
    if said.kind == "dose":
        return any(is_same_dose(said.value, value) for value in values)
    if said.kind == "laterality":
        return said.value in values or (BOTH in values if said.value != BOTH else len(values) > 1)
    return said.value in values


def _judged_number(figure: Figure, text: str, source: Source) -> Statement:
    kind: Kind = "code" if figure.kind == "code" else "number"
    verdict: Verdict = "supported" if _is_figure_of(figure, text, source) else "unsupported"
    return Statement(kind, verdict, figure.start, figure.end, None)


def _is_figure_of(figure: Figure, text: str, source: Source) -> bool:
    """Whether the source writes the figure, or, of one that is no whole in itself, its numbers: HR104."""
    is_whole = figure.kind in ("pair", "time", "code") or (figure.kind == "name" and not figure.value[-2:].isdigit())
    if figure.kind != "number" and (is_whole or (figure.kind, figure.value) in source.figures):
        return (figure.kind, figure.value) in source.figures
    unit = unit_behind(text, figure.end)
    return all(_is_number_of(number, unit, source) for number in numbers_in(figure, text))


def _is_number_of(number: str, unit: str, source: Source) -> bool:
    """A number without its unit is that of any: "in 41" of "at 41 min"."""
    units = source.numbers.get(number)
    return units is not None and (unit == NO_UNIT or unit in units or NO_UNIT in units)


def _within(statement: Statement, others: Sequence[Statement]) -> list[Statement]:
    start, end = statement.start, statement.end
    return [other for other in others if start <= other.start and other.end <= end]


def _told_otherwise(judged: Sequence[Statement], otherwise: list[Statement]) -> Iterator[Statement]:
    """Yield the statements, but as contradicted what the source tells otherwise in the same sentence."""
    for each in judged:
        within = [] if each.kind in _LONGER_THAN_A_SENTENCE else _within(each, otherwise)
        if within:
            otherwise = [other for other in otherwise if other not in within]
            yield each._replace(verdict="contradicted")
        else:
            yield each
    yield from otherwise

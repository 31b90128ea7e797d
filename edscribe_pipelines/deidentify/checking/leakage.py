"""A site's own measurement of leakage, second half: what two annotators found, and how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edscribe_pipelines.deidentify.checking.annotated_forms import Mark, Marks, read_form, read_sample, united
from edscribe_pipelines.deidentify.checking.annotation import RANDOM, SAMPLE, span_types
from edscribe_pipelines.deidentify.checking.claim import upper_bound


@dataclass(frozen=True)
class LeakageReport:
    """Counts only. Where annotators disagree, and nobody adjudicated, what either found counts as leaked.

    `upper_bound_95` bounds the share of notes that leak, from the notes drawn at random alone. `kappa` is
    Cohen's, about whether a note leaks, and None where both always say the same of every note; `f1` counts
    marks that overlap, and is None where neither found any.
    """

    notes: int
    random_notes: int
    notes_with_leak: int
    random_notes_with_leak: int
    leaked: int
    agreed: int
    leaked_by_category: dict[str, int]
    leaks_per_note: float
    upper_bound_95: float
    kappa: float | None
    f1: float | None


def measure_leakage(form_a: Path, form_b: Path, adjudicated: Path | None = None) -> LeakageReport:
    """Return what the filled forms say; `sample.csv` must stand beside `form_a`.

    Raises BadInput naming file, row and field where a form is incomplete or wrong.
    """
    sample = read_sample(form_a.with_name(SAMPLE))
    first, second = read_form(form_a, sample), read_form(form_b, sample)
    union = {each: united([*first[each], *second[each]]) for each in sample}
    leaks = union if adjudicated is None else read_form(adjudicated, sample)
    leaky = [note_id for note_id in sample if leaks[note_id]]
    at_random = [note_id for note_id, drawn in sample.items() if drawn.how == RANDOM]
    leaky_at_random = sum(bool(leaks[note_id]) for note_id in at_random)
    leaked, agreed = _count(leaks), sum(_matches(first[each], second[each]) for each in sample)
    return LeakageReport(
        notes=len(sample),
        random_notes=len(at_random),
        notes_with_leak=len(leaky),
        random_notes_with_leak=leaky_at_random,
        leaked=leaked,
        agreed=agreed,
        leaked_by_category=dict(Counter(span_types()[mark.type] for marks in leaks.values() for mark in marks)),
        leaks_per_note=leaked / len(sample),
        upper_bound_95=upper_bound(leaky_at_random, len(at_random)),
        kappa=_kappa([(bool(first[each]), bool(second[each])) for each in sample]),
        f1=2 * agreed / (_count(first) + _count(second)) if _count(first) + _count(second) else None,
    )


def _matches(first: Iterable[Mark], second: Iterable[Mark]) -> int:
    """Return how many marks of one annotator have a mark of the other on the same characters, one to one."""
    open_marks, matches = sorted(second), 0
    for mark in sorted(first):
        other = next((each for each in open_marks if each.start < mark.end and mark.start < each.end), None)
        if other is not None:
            open_marks.remove(other)
            matches += 1
    return matches


def _count(marks: Marks) -> int:
    return sum(map(len, marks.values()))


def _kappa(judgements: Sequence[tuple[bool, bool]]) -> float | None:
    notes = len(judgements)
    agreed = sum(first == second for first, second in judgements) / notes
    yes_a, yes_b = (sum(each) / notes for each in zip(*judgements, strict=True))
    by_chance = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
    return None if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)

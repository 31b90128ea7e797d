"""Systems on the same test cases: base, adapter and baselines, with the adapter's lift over each.

Notes of one patient resemble each other, so the intervals draw patients, not notes (cluster bootstrap,
percentile; Field and Welsh 2007). With few patients even these intervals are too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, heading
from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.evaluate.metrics import METRICS
from edscribe_pipelines.evaluate.score import Pair, Scores, score_pairs

SYSTEMS = {
    "adapter": "the base with the specialty's LoRA adapter",
    "base": "the base model alone, without the adapter",
    "champion": "the adapter in use until now",
    "template_without_facts": "the headings alone, each not documented; no model",
    "prompt_copied": "the prompt itself as the note; no model",
    "reference": "the references themselves: the ceiling of each figure",
}
"""What each row of the comparison is, in the order in which it is shown."""
WITHOUT_MODEL = ("template_without_facts", "prompt_copied")
"""A target that one of these reaches says nothing about a model."""

RESAMPLES = 2000


class Difference(NamedTuple):
    """The adapter's mean figure minus another system's on the notes where both have one, with its 95 %
    interval; the bounds are None with fewer than two patients."""

    mean: float
    low: float | None
    high: float | None
    notes: int
    patients: int


class Evaluation(NamedTuple):
    specialty: Specialty
    month: str
    seed: int
    patients: dict[str, str]
    """patient_key of each case id."""
    systems: dict[str, Scores]
    lift: dict[str, dict[str, Difference]]
    """system -> metric -> adapter minus system."""
    champion_before: str | None
    """Hash of the champion of before, or in words why none is compared."""


def compare_systems(
    cases: list[dict[str, Any]],
    generated: Mapping[str, Mapping[str, str]],
    *,
    specialty: Specialty,
    month: str,
    seed: int,
    champion_before: str | None = None,
) -> Evaluation:
    """Return the scores of the `generated` notes (system -> case_id -> note; `adapter`, `base` and, if
    there is one, `champion`) and of the baselines on the test `cases`, whose completions are notes of `specialty`.

    Raises StageFailed where a system has not written a note for each case.
    """
    patients = {case["case_id"]: case["patient_key"] for case in cases}
    for system, notes in generated.items():
        if absent := len(patients.keys() - notes.keys()):
            raise StageFailed(f"{system} wrote no note for {absent} of {len(patients)} test cases; generate again")
    notes_of = {**generated, **_baselines(cases, specialty)}
    systems = {system: _score(cases, notes_of[system], specialty) for system in SYSTEMS if system in notes_of}
    lift = {
        system: _differences(systems["adapter"].cases, systems[system].cases, patients, seed)
        for system in systems
        if system not in ("adapter", "reference")
    }
    return Evaluation(specialty, month, seed, patients, systems, lift, champion_before)


def _baselines(cases: list[dict[str, Any]], specialty: Specialty) -> dict[str, dict[str, str]]:
    template = template_without_facts(specialty)
    return {
        "template_without_facts": {case["case_id"]: template for case in cases},
        "prompt_copied": {case["case_id"]: case["prompt"] for case in cases},
        "reference": {case["case_id"]: case["completion"] for case in cases},
    }


def template_without_facts(specialty: Specialty) -> str:
    """Return the note that says of every section that it is not documented."""
    return "\n\n".join(f"{heading(section)}\n{NOT_DOCUMENTED}" for section in specialty.sections)


def _score(cases: list[dict[str, Any]], notes: Mapping[str, str], specialty: Specialty) -> Scores:
    return score_pairs(
        [
            Pair(
                id=case["case_id"],
                prompt=case["prompt"],
                reference=case["completion"],
                generated=notes[case["case_id"]],
            )
            for case in cases
        ],
        specialty.sections,
    )


def _differences(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]], patients: Mapping[str, str], seed: int
) -> dict[str, Difference]:
    """Return ours minus theirs for each metric that any case has on both sides; cases pair up by id."""
    other = {case["id"]: case for case in theirs}
    found = {}
    for metric in (metric.name for metric in METRICS):
        both = [(case["id"], case[metric], other[case["id"]][metric]) for case in ours]
        gains = [(patients[name], float(a) - float(b)) for name, a, b in both if a is not None and b is not None]
        if gains:
            found[metric] = _difference(gains, seed)
    return found


def _difference(gains: list[tuple[str, float]], seed: int) -> Difference:
    import numpy as np

    keys, of_patient = np.unique([patient for patient, _ in gains], return_inverse=True)
    sums = np.bincount(of_patient, weights=[gain for _, gain in gains])
    notes = np.bincount(of_patient)
    mean = float(sums.sum() / notes.sum())
    if len(keys) < 2:
        return Difference(mean, None, None, len(gains), len(keys))
    drawn = np.random.default_rng(seed).integers(len(keys), size=(RESAMPLES, len(keys)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / notes[drawn].sum(axis=1), [2.5, 97.5])
    return Difference(mean, float(low), float(high), len(gains), len(keys))

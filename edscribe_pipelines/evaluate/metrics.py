"""Every figure of one generated note, and their summary over many.

What each figure means is said once, in `METRICS`, and shown wherever the figure is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from statistics import fmean
from typing import Any, NamedTuple

from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS
from edscribe_pipelines.evaluate.copying import score_copying
from edscribe_pipelines.evaluate.similarity import BERTSCORE_MODEL, ROUGE_SETTING, is_cut, score_bertscore, score_rouge
from edscribe_pipelines.evaluate.structure import score_structure, with_absent_sections


class Metric(NamedTuple):
    """A figure between 0 and 1 that each note has, or has not where there is nothing to compare."""

    name: str
    label: str
    meaning: str
    target: float | None = None

    @property
    def is_share(self) -> bool:
        """Whether the figure counts something, and is no similarity score."""
        return not self.name.startswith(("rouge", "bertscore"))

    def reaches_target(self, value: float) -> bool:
        """Shares have to meet their target, scores to exceed it (the plan's "100%" and ">0.60")."""
        assert self.target is not None
        return value >= self.target if self.is_share else value > self.target


METRICS = (
    Metric(
        "guardrail_compliant",
        "Guardrail compliance",
        "notes without a critical finding (a missing section is one)",
        1.0,
    ),
    Metric(
        "content_compliant",
        "Compliance of what is stated",
        "notes without a critical finding on a vital sign or a dose",
    ),
    Metric("complete_notes", "Completeness (notes)", "notes with none of the required sections missing or empty", 1.0),
    Metric("completeness", "Completeness (sections)", "required sections that are neither missing nor empty"),
    Metric("documented_fraction", "Documented fraction", "required sections that say more than a placeholder"),
    Metric("rouge_l", "ROUGE-L (sequence)", f"longest common subsequence of the whole notes; {ROUGE_SETTING}", 0.60),
    Metric("rouge_lsum", "ROUGE-Lsum (by line)", f"the same, line by line; {ROUGE_SETTING}"),
    Metric("bertscore", "BERTScore", f"section by section; {BERTSCORE_MODEL}", 0.85),
    Metric(
        "bertscore_documented",
        "BERTScore, documented sections",
        f"only sections for which the reference holds facts; {BERTSCORE_MODEL}",
    ),
    Metric("number_recall", "Numbers kept", "the reference's numbers that stand in the note"),
    Metric("number_precision", "Numbers from the source", "the note's numbers that stand in the prompt"),
    Metric(
        "item_recall", "Items kept", "the reference's lines and list items that stand word for word in that section"
    ),
    Metric("medication_recall", "Medications kept", "the reference's medications that the note's Medications list"),
    Metric("medication_precision", "Medications from the source", "the note's medications that stand in the prompt"),
)
"""In the order in which they are shown; the targets are those of the plan, section 3.3."""

_TOTALS = ("numbers", "numbers_not_in_prompt", "medications", "medications_not_in_prompt", "sections_over_512_tokens")
_BY_RULE = ("critical_findings", "warnings")


def score_notes(
    prompts: list[str], references: list[str], generated: list[str], sections: Collection[str] = SECTIONS
) -> list[dict[str, Any]]:
    """Return the figures of each note that must have `sections`: every metric by name, or None, and the counts
    behind them."""
    rouge = score_rouge(references, generated)
    wanted = [with_absent_sections(note, sections) for note in references]
    stated = [with_absent_sections(note, sections) for note in generated]
    bertscore = _score_sections(wanted, stated, sections)
    return [
        rouge[i] | bertscore[i] | score_structure(note, sections) | score_copying(prompts[i], wanted[i], stated[i])
        for i, note in enumerate(generated)
    ]


def _score_sections(references: list[str], generated: list[str], sections: Collection[str]) -> list[dict[str, Any]]:
    pairs = [_section_pairs(*pair, sections) for pair in zip(references, generated, strict=True)]
    compared = [texts for note in pairs for texts in note.values() if all(texts)]
    scores = iter(score_bertscore([texts[0] for texts in compared], [texts[1] for texts in compared]))
    # A section that only one of the two notes has is not alike at all.
    figures = [{section: next(scores) if all(texts) else 0.0 for section, texts in note.items()} for note in pairs]
    return [_section_figures(*both) for both in zip(pairs, figures, strict=True)]


def _section_pairs(reference: str, generated: str, sections: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return (reference, generated) of each of the `sections` that either note has."""
    ours, theirs = split_headed(generated), split_headed(reference)
    pairs = {section: (theirs.get(section, "").strip(), ours.get(section, "").strip()) for section in sections}
    return {section: texts for section, texts in pairs.items() if any(texts)}


def _section_figures(pairs: dict[str, tuple[str, str]], figures: dict[str, float]) -> dict[str, Any]:
    documented = [figures[section] for section, (theirs, _) in pairs.items() if theirs not in ("", NOT_DOCUMENTED)]
    return {
        "bertscore": fmean(figures.values()) if figures else None,
        "bertscore_documented": fmean(documented) if documented else None,
        "bertscore_by_section": figures,
        "sections_over_512_tokens": sum(any(map(is_cut, texts)) for texts in pairs.values()),
    }


def summarise(cases: list[dict[str, Any]], sections: Collection[str] = SECTIONS) -> dict[str, Any]:
    """Return the mean of each metric over the notes that have it, how many have, totals, and figures
    by section and by rule."""
    return {
        "notes": len(cases),
        **{metric.name: _mean(case[metric.name] for case in cases) for metric in METRICS},
        "notes_compared": {metric.name: sum(case[metric.name] is not None for case in cases) for metric in METRICS},
        **{name: sum(case[name] for case in cases) for name in _TOTALS},
        **{name: dict(sum((Counter(case[name]) for case in cases), Counter())) for name in _BY_RULE},
        "sections": {section: _summarise_section(section, cases) for section in sections},
        "definitions": {metric.name: metric.meaning for metric in METRICS},
    }


def _summarise_section(section: str, cases: list[dict[str, Any]]) -> dict[str, float | None]:
    states = [case["section_states"][section] for case in cases]
    return {
        "present": _mean(state not in ("missing", "empty") for state in states),
        "documented": _mean(state == "documented" for state in states),
        "bertscore": _mean(case["bertscore_by_section"].get(section) for case in cases),
    }


def _mean(values: Any) -> float | None:
    known = [float(value) for value in values if value is not None]
    return fmean(known) if known else None

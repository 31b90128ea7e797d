"""The evaluation as one self-contained page, with its figures as files beside it.

The page and the files hold figures, ids and rule names, never the text of a note or a prompt: the test
cases may be credentialed, and a report is mailed around.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from edscribe_pipelines.corpus.splitting.assignment import SPLITS
from edscribe_pipelines.evaluate.compare import RESAMPLES, SYSTEMS, WITHOUT_MODEL, Difference, Evaluation
from edscribe_pipelines.evaluate.metrics import METRICS, Metric
from edscribe_pipelines.evaluate.plots import draw_plots
from edscribe_pipelines.evaluate.structure import applied_gates
from edscribe_pipelines.files import write_json, write_jsonl

CAVEATS = {
    "guardrail_compliant": (
        "A compliant note has nothing critical for the rules. That does not say that it is right, and a note that "
        "says nothing breaks no rule: compare the template without facts."
    ),
    "complete_notes": (
        "Every heading has content, and a section that says it is not documented counts. Read it together with the "
        "documented fraction."
    ),
    "rouge_l": (
        "The same words in the same order as the reference. High where the prompt all but determines the note, out of "
        "reach on free conversation, and blind to one wrong digit. Published “ROUGE-L” figures are often ROUGE-Lsum."
    ),
    "bertscore": (
        "Similar wording under one small language model; with it, unrelated notes score about 0.55, and the figure "
        "cannot be compared with one of another model. A shared “not documented” counts as alike: read the figure of "
        "the documented sections too."
    ),
}
"""What each figure with a target can and cannot mean."""

LIMITS = (
    "Rendered cases are made from structured facts alone. They teach and test the format and faithful copying, not "
    "clinical reasoning; no figure here measures the quality of medical decision making.",
    "A number or a drug “from the source” stands somewhere in the prompt; whether it stands for the same thing is not "
    "checked. Invented findings in words are not counted either.",
    "No physician has read these notes for this report. It supports a decision to let physicians read them and "
    "does not replace their review.",
)
FEW_PATIENTS = 30
"""Below it the report says that the test set is small; a percentile bootstrap is then too narrow."""


def write_report(folder: Path, evaluation: Evaluation, training: dict[str, Any], corpus: dict[str, Any]) -> None:
    """Write report.html, its plots, metrics.json and per_case.jsonl into `folder`.

    `training` is `{"settings": {label: value}, "losses": [{"step", "loss"}]}`; `corpus` is
    `{"counts": [{"split", "tier", "data_use", "cases", "patients"}]}`, as `count_cases` returns them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plots = draw_plots(folder, evaluation, training["losses"])
    images = {name: base64.b64encode(path.read_bytes()).decode() for name, path in plots.items()}
    (folder / "report.html").write_text(_page(evaluation, training["settings"], corpus["counts"], images), "utf-8")
    write_json(folder / "metrics.json", metrics_of(evaluation))
    write_jsonl(folder / "per_case.jsonl", _case_rows(evaluation))


def count_cases(splits: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return the cases and patients of each split by tier and data use."""
    rows = []
    for split in SPLITS:
        groups: dict[tuple[str, str], list[str]] = {}
        for case in splits.get(split, ()):
            groups.setdefault((case["tier"], case["data_use"]), []).append(case["patient_key"])
        for (tier, data_use), patients in sorted(groups.items()):
            counts = {"cases": len(patients), "patients": len(set(patients))}
            rows.append({"split": split, "tier": tier, "data_use": data_use, **counts})
    return rows


def metrics_of(evaluation: Evaluation) -> dict[str, Any]:
    """Return everything that the report shows as figures."""
    return {
        "specialty": evaluation.specialty.name,
        "sections": evaluation.specialty.sections,
        "gates": applied_gates(evaluation.specialty.sections),
        "month": evaluation.month,
        "seed": evaluation.seed,
        "notes": len(evaluation.patients),
        "patients": len(set(evaluation.patients.values())),
        "champion_before": evaluation.champion_before,
        "targets": [
            {name: row[name] for name in ("value", "reached", "reached_without_model")}
            | {"metric": row["metric"].name, "target": row["metric"].target}
            for row in _targets(evaluation)
        ],
        "systems": {system: scores.overall for system, scores in evaluation.systems.items()},
        "lift": {
            system: {metric: difference._asdict() for metric, difference in by_metric.items()}
            for system, by_metric in evaluation.lift.items()
        },
    }


def _case_rows(evaluation: Evaluation) -> Iterable[dict[str, Any]]:
    for system, scores in evaluation.systems.items():
        for case in scores.cases:
            yield {"system": system, "patient_key": evaluation.patients[case["id"]], **case}


def _page(
    evaluation: Evaluation, settings: Mapping[str, Any], counts: list[dict[str, Any]], images: Mapping[str, str]
) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = FileSystemLoader(Path(__file__).with_name("templates"))
    page = Environment(
        loader=templates, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page.filters.update(figure=_figure, lift=_lift, interval=_interval, setting=_setting)
    return page.get_template("report.html.j2").render(
        evaluation=evaluation,
        metrics=METRICS,
        gates=applied_gates(evaluation.specialty.sections),
        systems={name: meaning for name, meaning in SYSTEMS.items() if name in evaluation.systems},
        targets=_targets(evaluation),
        verdict=_verdict(evaluation),
        findings=_findings(evaluation),
        patients=len(set(evaluation.patients.values())),
        few_patients=FEW_PATIENTS,
        resamples=RESAMPLES,
        limits=LIMITS,
        settings=settings,
        counts=counts,
        images=images,
    )


def _targets(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return a row for each target: whether the adapter reaches it, and which systems without a model do."""
    return [
        {
            "metric": metric,
            "value": evaluation.systems["adapter"].overall[metric.name],
            "reached": _reaches(evaluation, "adapter", metric),
            "reached_without_model": [system for system in WITHOUT_MODEL if _reaches(evaluation, system, metric)],
            "caveat": CAVEATS[metric.name],
        }
        for metric in METRICS
        if metric.target is not None
    ]


def _reaches(evaluation: Evaluation, system: str, metric: Metric) -> bool:
    value = evaluation.systems[system].overall[metric.name]
    return value is not None and metric.reaches_target(value)


def _verdict(evaluation: Evaluation) -> str:
    """Return in one sentence what the adapter changed, by the plan's measure of likeness."""
    (metric,) = (metric for metric in METRICS if metric.name == "rouge_l")
    gain = evaluation.lift["base"][metric.name]
    if gain.low is None or gain.high is None:
        return f"One patient cannot show whether the adapter changes anything ({metric.label} {_lift(gain, metric)})."
    change = "better than" if gain.low > 0 else "worse than" if gain.high < 0 else "not distinguishable from"
    return (
        f"On {metric.label} the adapter is {change} its base: {_lift(gain, metric)}, 95 % interval "
        f"{_interval(gain, metric)}."
    )


def _findings(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return a row for each rule and severity with its count in each system, most frequent first."""
    rows = []
    for kind, severity in (("critical_findings", "critical"), ("warnings", "warning")):
        counts = {system: scores.overall[kind] for system, scores in evaluation.systems.items()}
        total: Counter[str] = sum(map(Counter, counts.values()), Counter())
        for rule, _ in total.most_common():
            by_system = {system: found.get(rule, 0) for system, found in counts.items()}
            rows.append({"rule": rule, "severity": severity, "counts": by_system})
    return rows


def _figure(value: float | None, metric: Metric) -> str:
    """A share of 100.0 % means every one, however many there are."""
    if value is None:
        return "–"
    if not metric.is_share:
        return f"{value:.3f}"
    return f"{100 * value if value == 1 else min(100 * value, 99.9):.1f} %"


def _lift(difference: Difference | None, metric: Metric) -> str:
    if difference is None:
        return "–"
    return f"{_signed(difference.mean, metric)} pts" if metric.is_share else _signed(difference.mean, metric)


def _interval(difference: Difference | None, metric: Metric) -> str:
    if difference is None or difference.low is None or difference.high is None:
        return "no interval"
    return f"{_signed(difference.low, metric)} to {_signed(difference.high, metric)}"


def _signed(value: float, metric: Metric) -> str:
    return (f"{value * 100:+.1f}" if metric.is_share else f"{value:+.3f}").replace("-", "−")


def _setting(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

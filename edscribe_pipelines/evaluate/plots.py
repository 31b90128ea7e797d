"""The report's plots: training loss, systems compared, sections.

Colours are Okabe and Ito's (2008), told apart with any colour vision; the heat map is cividis.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from textwrap import fill
from typing import Any

from edscribe_pipelines.evaluate.compare import Evaluation
from edscribe_pipelines.evaluate.metrics import METRICS

_COLOURS = {
    "adapter": "#0072B2",
    "base": "#E69F00",
    "champion": "#009E73",
    "template_without_facts": "#999999",
    "prompt_copied": "#CC79A7",
}
_COMPARED = (
    "content_compliant",
    "guardrail_compliant",
    "complete_notes",
    "documented_fraction",
    "rouge_l",
    "bertscore",
    "number_recall",
    "number_precision",
    "item_recall",
)
_FIGURES = {"present": "present", "documented": "documented", "bertscore": "BERTScore"}
_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e6ea",
    "axes.edgecolor": "#8a929c",
    "figure.constrained_layout.use": True,
    "savefig.dpi": 160,
}


def draw_plots(folder: Path, evaluation: Evaluation, losses: list[dict[str, Any]]) -> dict[str, Path]:
    """Write the plots as PNG into `folder` and return them by name; without losses there is no loss curve.

    `losses` are rows with `step` and `loss`.
    """
    import matplotlib

    matplotlib.use("Agg")
    drawn = {"systems": _draw_systems(evaluation), "sections": _draw_sections(evaluation)}
    if losses:
        drawn["loss"] = _draw_loss(losses)
    return {name: _save(figure, folder / f"{name}.png") for name, figure in drawn.items()}


def _save(figure: Any, target: Path) -> Path:
    from matplotlib import pyplot

    # Without the library's version the same figures give the same bytes.
    figure.savefig(target, metadata={"Software": None})
    pyplot.close(figure)
    return target


def _draw_loss(losses: list[dict[str, Any]]) -> Any:
    from matplotlib import pyplot

    with pyplot.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(7.2, 2.6))
        axes.plot([row["step"] for row in losses], [row["loss"] for row in losses], color="#0072B2", linewidth=1.6)
        axes.set(xlabel="step", ylabel="training loss")
        axes.set_ylim(bottom=0)
    return figure


def _draw_systems(evaluation: Evaluation) -> Any:
    from matplotlib import pyplot

    metrics = [metric for name in _COMPARED for metric in METRICS if metric.name == name]
    systems = [system for system in evaluation.systems if system in _COLOURS]
    width = 0.8 / len(systems)
    with pyplot.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(7.2, 3.4))
        for place, system in enumerate(systems):
            heights = [evaluation.systems[system].overall[metric.name] or 0.0 for metric in metrics]
            at = [left - 0.4 + (place + 0.5) * width for left in range(len(metrics))]
            axes.bar(at, heights, width * 0.92, color=_COLOURS[system], label=system.replace("_", " "))
        _mark_targets(axes, [metric.target for metric in metrics])
        axes.set_xticks(
            range(len(metrics)), [fill(metric.label, 11, break_long_words=False) for metric in metrics], fontsize=7
        )
        axes.set(ylim=(0, 1.04), ylabel="mean over notes")
        axes.grid(axis="x", visible=False)
        figure.legend(loc="outside upper center", ncols=len(systems) + 1, frameon=False, fontsize=8)
    return figure


def _mark_targets(axes: Any, targets: Iterable[float | None]) -> None:
    marked = [(place, target) for place, target in enumerate(targets) if target is not None]
    for place, target in marked:
        label = "target" if place == marked[0][0] else None
        axes.hlines(target, place - 0.45, place + 0.45, colors="black", linestyles="dashed", linewidth=1.2, label=label)


def _draw_sections(evaluation: Evaluation) -> Any:
    from matplotlib import pyplot

    sections = evaluation.specialty.sections
    columns = [(system, figure) for figure in _FIGURES for system in ("base", "adapter")]
    values = [
        [evaluation.systems[system].overall["sections"][section][figure] for system, figure in columns]
        for section in sections
    ]
    with pyplot.rc_context(_STYLE | {"axes.grid": False}):
        figure, axes = pyplot.subplots(figsize=(7.2, 0.8 + 0.275 * len(sections)))
        shown = [[float("nan") if value is None else value for value in row] for row in values]
        axes.imshow(shown, cmap="cividis", vmin=0, vmax=1, aspect="auto")
        for (row, column), value in _cells(values):
            text, colour = ("–", "black") if value is None else (f"{value:.2f}", "black" if value > 0.55 else "white")
            axes.text(column, row, text, ha="center", va="center", fontsize=8, color=colour)
        axes.set_xticks(range(len(columns)), [f"{_FIGURES[figure]}\n{system}" for system, figure in columns])
        axes.set_yticks(range(len(sections)), sections)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return figure


def _cells(values: list[list[float | None]]) -> Iterable[tuple[tuple[int, int], float | None]]:
    return (((row, column), value) for row, cells in enumerate(values) for column, value in enumerate(cells))

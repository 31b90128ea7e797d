"""The curves of a training as one picture: loss, learning rate and speed.

Colours are Okabe and Ito's (2008), told apart with any colour vision.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_LOSS, _VALIDATION, _RATE, _SPEED, _STOPPED = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "black"
_PALETTE = 64
_LONGEST = 600
"""Of a longer curve the lowest and the highest point of each group is drawn: no more fits a column of pixels."""

_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e6ea",
    "axes.edgecolor": "#8a929c",
    "figure.constrained_layout.use": True,
}

Rows = list[dict[str, Any]]


def draw_curves(events: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a PNG, 900 pixels wide, of the steps and validations among `events`; it needs a step.

    Of a step that was reported again after a resume the later report counts.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    latest = {(row["event"], row["step"]): dict(row) for row in events if "step" in row}
    steps, validations = (_of(latest, event) for event in ("step", "validation"))
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 4.6), dpi=100)
        loss, rate, speed = figure.subplots(3, sharex=True, height_ratios=(4, 1, 1))
        _draw_loss(loss, steps, validations)
        _draw(rate, steps, "learning_rate", _RATE, "{x:g}")
        _draw(speed, steps, "tokens_per_second", _SPEED, "{x:,.0f}")
        speed.set_xlabel("step")
        for axes, label in ((loss, "loss"), (rate, "learning\nrate"), (speed, "tokens/s")):
            axes.set_ylabel(label)
        figure.align_ylabels()
        return _as_png(figure)


def _as_png(figure: Any) -> bytes:
    """A palette quarters the size; without the library's version the same events give the same bytes."""
    from PIL import Image

    drawn, picture = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    plain = Image.open(drawn).convert("RGB").quantize(_PALETTE, dither=Image.Dither.NONE)
    plain.save(picture, format="PNG", optimize=True)
    return picture.getvalue()


def as_markdown(png: bytes) -> str:
    """Return `png` as a Markdown image that needs no file."""
    return f"![Training curves](data:image/png;base64,{base64.b64encode(png).decode('ascii')})"


def _of(latest: Mapping[tuple[str, int], dict[str, Any]], event: str) -> Rows:
    rows = [row for (kind, _), row in latest.items() if kind == event]
    return sorted(rows, key=lambda row: row["step"])


def _draw_loss(axes: Any, steps: Rows, validations: Rows) -> None:
    numbers, losses = _column(steps, "step"), _column(steps, "loss")
    window = max(1, len(losses) // 40)
    axes.plot(*_thinned(numbers, losses), color=_LOSS, alpha=0.35, linewidth=0.7, label="training, each step")
    if window > 1:
        axes.plot(numbers, _smoothed(losses, window), color=_LOSS, linewidth=1.8, label=f"mean of {window} steps")
    if validations:
        places = _column(validations, "step"), _column(validations, "loss")
        axes.plot(*places, "o--", color=_VALIDATION, linewidth=1, markersize=4, label="validation")
    for number, loss in zip(numbers, losses, strict=True):
        if not math.isfinite(loss):
            axes.axvline(number, color=_STOPPED, linestyle="dotted", label=f"not a number at step {number:.0f}")
            break
    axes.set_title(_title(steps, losses, validations), loc="left")
    axes.set_ylim(bottom=0)
    axes.legend(facecolor="white", edgecolor="none", framealpha=0.9, fontsize=8, loc="upper right")


def _title(steps: Rows, losses: Sequence[float], validations: Rows) -> str:
    known = [loss for loss in _column(validations, "loss") if math.isfinite(loss)]
    best = f", best validation {min(known):.3f}" if known else ""
    done = f"{steps[-1]['step']:,} of {steps[-1]['of']:,} steps"
    return f"{done}, loss {losses[0]:.3f} to {losses[-1]:.3f}{best}"


def _draw(axes: Any, steps: Rows, figure: str, colour: str, ticks: str) -> None:
    axes.plot(*_thinned(_column(steps, "step"), _column(steps, figure)), color=colour, linewidth=1)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.02)
    axes.yaxis.set_major_formatter(ticks)


def _column(rows: Rows, figure: str) -> list[float]:
    """Return one figure of `rows`; JSON has null for what is not a number."""
    return [math.nan if row[figure] is None else float(row[figure]) for row in rows]


def _smoothed(values: Sequence[float], window: int) -> list[float]:
    """Return for each value the mean of the last `window`, of fewer at the beginning."""
    recent = (values[max(0, end - window) : end] for end in range(1, len(values) + 1))
    return [math.fsum(some) / len(some) for some in recent]


def _thinned(numbers: Sequence[float], values: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return the curve with the lowest and the highest point of each group of a long one, in order."""
    size = math.ceil(2 * len(values) / _LONGEST)
    if size <= 2:
        return list(numbers), list(values)
    kept: list[int] = []
    for start in range(0, len(values), size):
        group = range(start, min(start + size, len(values)))
        kept += sorted({min(group, key=values.__getitem__), max(group, key=values.__getitem__)})
    return [numbers[place] for place in kept], [values[place] for place in kept]

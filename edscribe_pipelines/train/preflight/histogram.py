"""The lengths of the cases as a small picture."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

_COLOURS = {"prompt": "#E69F00", "note": "#009E73", "whole": "#0072B2"}
"""Okabe and Ito's (2008), told apart with any colour vision."""


def draw_lengths(splits: Mapping[str, Mapping[str, Mapping[str, Any]]], limit: int) -> bytes:
    """Return a PNG of the distributions that `lengths.check_lengths` has among its figures, a row for each split."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(7, 1.9 * len(splits)), dpi=80, layout="constrained")
        panels = figure.subplots(len(splits), len(_COLOURS), squeeze=False)
        for row, (split, parts) in zip(panels, splits.items(), strict=True):
            for axes, (part, colour) in zip(row, _COLOURS.items(), strict=True):
                edges, counts = parts[part]["edges"], parts[part]["counts"]
                axes.stairs(counts, edges, fill=True, color=colour)
                axes.set_title(f"{split}, {part}", loc="left")
                axes.set_xlabel("tokens")
            row[0].set_ylabel("cases")
            row[-1].axvline(limit, color="black", linestyle="dashed", linewidth=1)
        return _as_png(figure)


def _as_png(figure: Any) -> bytes:
    picture = io.BytesIO()
    # Without the library's version the same lengths give the same bytes.
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def as_markdown(png: bytes) -> str:
    """Return `png` as a Markdown image that needs no file."""
    return f"![Tokens per case](data:image/png;base64,{base64.b64encode(png).decode('ascii')})"

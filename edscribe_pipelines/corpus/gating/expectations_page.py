"""The page that says what a month's corpus was held to, on how many rows, and whether it was met."""

from __future__ import annotations

from pathlib import Path

from edscribe_pipelines.corpus.gating.expectations import WARNINGS
from edscribe_pipelines.corpus.gating.pages import write_page
from edscribe_pipelines.corpus.gating.store import Held

PAGE = "expectations.html"


def write_expectations_page(month: str, held: Held, folder: Path) -> None:
    write_page(
        folder / PAGE,
        "expectations.html.j2",
        month=month,
        outcomes=held["outcomes"],
        warnings=WARNINGS,
        mixes={"Triage acuity": ("acuity", held["acuity"]), "Chief complaint": ("complaint", held["complaint"])},
    )

"""The specialties that have an adapter of their own, one row of `specialties.csv` each."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from importlib import resources

from edscribe_pipelines.errors import BadInput


@dataclass(frozen=True)
class Specialty:
    """`adapter` names the adapter where it is served; `sections` are those of its note, in order."""

    name: str
    adapter: str
    sections: tuple[str, ...]


def find_specialty(name: str) -> Specialty:
    """Return the specialty called `name`. Raises BadInput where there is none."""
    rows = _rows()
    if name not in rows:
        raise BadInput("EDSCRIBE_SPECIALTIES", "unknown specialty", remedy=f"Known: {', '.join(rows)}.")
    return rows[name]


def _rows() -> dict[str, Specialty]:
    text = resources.files("edscribe_pipelines.train").joinpath("specialties.csv").read_text(encoding="utf-8")
    return {
        row["name"]: Specialty(row["name"], row["adapter"], tuple(row["sections"].split("|")))
        for row in csv.DictReader(io.StringIO(text))
    }


def specialty_names() -> list[str]:
    """Return the names of all specialties."""
    return list(_rows())

"""What the gate stores of a chunk, and of a month made of its chunks."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
from typing_extensions import TypedDict

from edscribe_pipelines.corpus.gating.expectations import WARNINGS, hold_cases, hold_month
from edscribe_pipelines.corpus.gating.gates import gate_corpus
from edscribe_pipelines.corpus.gating.month import stays_of_month
from edscribe_pipelines.corpus.gating.strata import acceptance_by
from edscribe_pipelines.corpus.gating.validation import Outcome, together
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.files import read_json, write_json

CASES, QUARANTINED = "cases.parquet", "quarantined.parquet"
_HELD = "expectations.json"


class Held(TypedDict):
    """What a month's corpus was held to, and the mix of its stays and cases."""

    outcomes: list[Outcome]
    acuity: list[dict[str, Any]]
    complaint: list[dict[str, Any]]


def store_chunk(stays: pl.DataFrame, synthetic: pl.DataFrame, refused: pl.DataFrame, folder: Path) -> int:
    """Judge the stays, write both tables to `folder` and hold the cases, as read back, to the expectations.

    Return how many cases there are. Raises CorpusInvariant where a stay is lost or in both tables.
    """
    gated = gate_corpus(stays, synthetic, refused)
    if gated.passed.height + gated.quarantined.height != stays.height:
        raise CorpusInvariant("a stay is neither in the corpus nor in quarantine, or in both")
    gated.passed.write_parquet(folder / CASES)
    gated.quarantined.write_parquet(folder / QUARANTINED)
    outcomes = hold_cases(pl.read_parquet(folder / CASES), stays)
    write_json(folder / _HELD, {"outcomes": outcomes, "judged": _hash(folder / CASES)})
    return gated.passed.height


def hold(chunks: list[Path], encounters: Path, recorded: int) -> Held:
    """Return what the month is held to. Raises CorpusInvariant where a chunk's cases are not those judged."""
    results = [read_json(chunk / _HELD) for chunk in chunks]
    if any(_hash(chunk / CASES) != result["judged"] for chunk, result in zip(chunks, results, strict=True)):
        raise CorpusInvariant("the cases of a chunk changed after they were judged")
    of_cases = together([Outcome(**outcome) for outcome in result["outcomes"]] for result in results)
    stays = stays_of_month(encounters, [chunk / CASES for chunk in chunks], [chunk / QUARANTINED for chunk in chunks])
    return {
        "outcomes": of_cases + hold_month(stays, recorded),
        "acuity": acceptance_by(stays, "acuity").to_dicts(),
        "complaint": acceptance_by(stays, "complaint").to_dicts(),
    }


def write_held(held: Held, folder: Path) -> None:
    write_json(folder / _HELD, held)


def read_held(folder: Path) -> Held:
    held = read_json(folder / _HELD)
    outcomes = [Outcome(**outcome) for outcome in held["outcomes"]]
    return {"outcomes": outcomes, "acuity": held["acuity"], "complaint": held["complaint"]}


def not_met(held: Held) -> list[str]:
    """Return the expectations for which nothing may be stored."""
    return [outcome.name for outcome in held["outcomes"] if not outcome.met and outcome.name not in WARNINGS]


def warned(held: Held) -> dict[str, tuple[bool, dict[str, Any]]]:
    """Return for each of `WARNINGS` whether it was met, and its figures."""
    met = {outcome.name: outcome.met for outcome in held["outcomes"]}
    totals = {name: sum(row[name] for row in held["acuity"]) for name in ("stays", "cases")}
    acuity, complaint = _mix(held["acuity"], "acuity"), _mix(held["complaint"], "complaint")
    figures = {"size": totals, "acceptance": totals, "acuity_mix": acuity, "complaint_mix": complaint}
    return {name: (met[name], figures[name]) for name in WARNINGS}


def _mix(rows: list[dict[str, Any]], stratum: str) -> dict[str, Any]:
    strata = {row[stratum]: {name: value for name, value in row.items() if name != stratum} for row in rows}
    return {"strata": strata, "lost": [name for name, figures in strata.items() if figures["lost"]]}


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

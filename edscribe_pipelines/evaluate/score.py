"""Score generated notes, for the pipeline and for `edscribe score` alike, through the `evaluate` module."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.records import validate
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.errors import BadInput


@with_config(ConfigDict(extra="ignore", hide_input_in_errors=True))
class Pair(TypedDict):
    """A note to score, with what it was generated from and what it should be; it may be empty."""

    id: str
    prompt: str
    reference: str
    generated: str


class Scores(NamedTuple):
    """Figures without any text: `overall` as `metrics.summarise` returns it, and one row a note."""

    overall: dict[str, Any]
    cases: list[dict[str, Any]]


def score_lines(rows: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return `{"overall", "cases"}` of (place, pair) rows.

    Raises BadInput naming place and field of the first row that cannot be scored.
    """
    pairs: dict[str, Pair] = {}
    for place, row in rows:
        pair: Pair = validate(Pair, row, place)
        if not pair["reference"].strip():
            raise BadInput(place, "empty", field="reference", remedy="There is nothing to compare with.")
        if pair["id"] in pairs:
            raise BadInput(place, "used by an earlier row", field="id", remedy="Give each pair an id of its own.")
        pairs[pair["id"]] = pair
    if not pairs:
        raise BadInput("input", "no rows", remedy='Give one {"id","prompt","reference","generated"} object a line.')
    return score_pairs(list(pairs.values()))._asdict()


def score_pairs(pairs: list[Pair], sections: Collection[str] = SECTIONS) -> Scores:
    """Return the scores of `pairs`, of which there is at least one, as notes that must have `sections`."""
    figures = _ed_note().compute(
        predictions=[pair["generated"] for pair in pairs],
        references=[pair["reference"] for pair in pairs],
        prompts=[pair["prompt"] for pair in pairs],
        sections=sections,
    )
    cases = [{"id": pair["id"]} | case for pair, case in zip(pairs, figures["cases"], strict=True)]
    return Scores(figures["overall"], cases)


@cache
def _ed_note() -> Any:
    import os

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import evaluate

    evaluate.utils.logging.disable_progress_bar()
    # In memory, for `evaluate` otherwise writes the notes to a file in its cache while it computes.
    return evaluate.load(str(Path(__file__).with_name("ed_note")), keep_in_memory=True)

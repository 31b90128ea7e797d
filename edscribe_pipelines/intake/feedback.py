"""Physicians' corrections of notes: what arrived, and the encounters they make.

A line of an inbox `.jsonl` file holds `feedback_id`, `encounter_id` (the random id that the reviewed
note carried), `rating` (1 to 5) and, where the physician rewrote the note, `edited_note`, with the
`confirmed_doses` that lie beyond a limit and were meant. A corrected note becomes an encounter of its own
with the facts and the patient of the stay that it revises.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal, NotRequired

import orjson
import polars as pl
from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.records import ConfirmedDose, PhiEncounter, to_frame, validate
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.intake.id_vault import IdVault

ISSUER = "physician-feedback"


@with_config(ConfigDict(extra="forbid", hide_input_in_errors=True))
class FeedbackLine(TypedDict):
    feedback_id: str
    encounter_id: str
    rating: Literal[1, 2, 3, 4, 5]
    edited_note: NotRequired[str | None]
    confirmed_doses: NotRequired[list[ConfirmedDose]]


class RawFeedback(TypedDict):
    """Feedback as it arrived; PHI zone, for an edited note may name people."""

    feedback_id: str
    encounter_id: str
    rating: int
    edited_note: str | None
    confirmed_doses: list[ConfirmedDose]
    content_hash: str


def read_feedback(inbox: Path) -> pl.DataFrame:
    """Return the inbox as `RawFeedback` rows; an absent inbox is an empty one, a line sent again counts once.

    Raises BadInput counting the file, with line and field, where a line cannot be read.
    """
    files = sorted(inbox.glob("*.jsonl"))
    rows = [
        _raw(validate(FeedbackLine, row, place))
        for number, path in enumerate(files, start=1)
        for place, row in read_jsonl(path, name=f"feedback file {number} of {len(files)}")
    ]
    feedback = to_frame(RawFeedback, rows).unique("content_hash", keep="first", maintain_order=True)
    if feedback["feedback_id"].is_duplicated().any():
        raise BadInput(
            "the feedback inbox",
            "the same id for different feedback",
            field="feedback_id",
            remedy="Give each piece of feedback an id of its own.",
        )
    return feedback


def _raw(line: FeedbackLine) -> RawFeedback:
    return {
        "feedback_id": line["feedback_id"],
        "encounter_id": line["encounter_id"],
        "rating": line["rating"],
        "edited_note": line.get("edited_note"),
        "confirmed_doses": line.get("confirmed_doses", []),
        "content_hash": hashlib.sha256(orjson.dumps(line, option=orjson.OPT_SORT_KEYS)).hexdigest(),
    }


def feedback_encounters(feedback: pl.DataFrame, known: pl.DataFrame, vault: IdVault) -> pl.DataFrame:
    """Return an encounter for each corrected note whose stay is among `known` encounters.

    Feedback without an edited note, or about a stay that is not known, makes none.
    """
    edited = feedback.filter(pl.col("edited_note").is_not_null()).join(
        known.select("encounter_id"), on="encounter_id", how="semi"
    )
    own_ids = vault.ids_for("encounter", ISSUER, edited["feedback_id"])
    wanted = edited["encounter_id"].implode()
    stays = {
        row["encounter_id"]: row for row in known.filter(pl.col("encounter_id").is_in(wanted)).iter_rows(named=True)
    }
    rows = [
        _encounter(line, stays[line["encounter_id"]], own_id)
        for line, own_id in zip(edited.iter_rows(named=True), own_ids, strict=True)
    ]
    return to_frame(PhiEncounter, rows)


def _encounter(line: dict[str, Any], stay: dict[str, Any], own_id: str) -> dict[str, Any]:
    return {
        **stay,
        "encounter_id": own_id,
        "source": "feedback",
        "note": line["edited_note"],
        "confirmed_doses": [*stay["confirmed_doses"], *line["confirmed_doses"]],
        "note_origin": "physician",
        "revises": stay["revises"] or stay["encounter_id"],
    }

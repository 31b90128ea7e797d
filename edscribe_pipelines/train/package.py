"""An adapter as it is handed on: its files with model card, licence and hashes, and the curves of its training."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.files import read_json, read_jsonl
from edscribe_pipelines.train.card import write_card
from edscribe_pipelines.train.curves import draw_curves
from edscribe_pipelines.train.provenance import Origin, card_facts
from edscribe_pipelines.train.recipe import Recipe

ADAPTER, CURVES = "adapter", "training.png"


def write_package(
    checkpoint: Path, cases: pl.DataFrame, recipe: Recipe, specialty: Specialty, origin: Origin, folder: Path
) -> dict[str, int]:
    """Write the adapter of `checkpoint`, which learned from `cases`, to `folder` and return the count of its files.

    Weights are linked, not copied, where the file system can.
    """
    shutil.copytree(checkpoint / "adapter", folder / ADAPTER, copy_function=_link)
    # The hashes are written anew, for more files.
    (folder / ADAPTER / "SHA256SUMS").unlink()
    write_card(folder / ADAPTER, card_facts(read_json(checkpoint / "summary.json"), cases, recipe, specialty, origin))
    (folder / CURVES).write_bytes(draw_curves(event for _, event in read_jsonl(checkpoint / "training.jsonl")))
    return {"files": sum(path.is_file() for path in folder.rglob("*"))}


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target

"""The stays of `gate.py`: half of an invented release, half with the sample's notes in many variations."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import polars as pl
from full_scale import ROWS, write_release

from edscribe_pipelines.clinical.records import DeidentifiedNote, polars_schema
from edscribe_pipelines.deidentify.encounters import deidentify_encounters
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.facts_only import write_facts
from edscribe_pipelines.intake.notes.encounters import note_encounters, read_notes
from edscribe_pipelines.intake.sample import write_sample

_PULSE = re.compile(r"\bHR \d+")
_SCHEMA = polars_schema(DeidentifiedNote)


def invented_stays(count: int) -> pl.DataFrame:
    """Return `count` `DeidentifiedNote` rows, every other one with a note."""
    with tempfile.TemporaryDirectory() as folder:
        structured, noted = _structured(Path(folder), count // 2), _noted(Path(folder), count - count // 2)
    stays = pl.concat([structured.with_row_index("place"), noted.with_row_index("place")])
    return stays.sort("place", maintain_order=True).drop("place")


def _structured(folder: Path, count: int) -> pl.DataFrame:
    facts = folder / "facts.parquet"
    write_facts(write_release(folder / "release", count / ROWS["edstays"]), facts)
    nothing = {name: pl.lit([], dtype=_SCHEMA[name]) for name in ("phi_spans_removed", "phi_gate_rules", "stand_ins")}
    return pl.read_parquet(facts).with_columns(phi_gate=pl.lit("pass"), **nothing).select(list(_SCHEMA)).head(count)


def _noted(folder: Path, count: int) -> pl.DataFrame:
    """Return the stays of the sample's notes again and again, each time with another pulse and another name of a
    street, in note and facts."""
    write_sample(folder / "sample")
    encounters = note_encounters(read_notes(folder / "sample" / "notes"), IdVault(folder / "id_vault.sqlite"))
    sample = deidentify_encounters(encounters, b"invented key of a benchmark 32 by").rows
    varied = []
    for number in range(count):
        stay = sample.row(number % sample.height, named=True)
        pulse = 60 + number // sample.height % 60
        note = _PULSE.sub(f"HR {pulse}", stay["note"] or "").replace("Lives", f"Grew up near lot {number}. Lives")
        triage = {**stay["triage"], "heart_rate_bpm": float(pulse)}
        varied.append({**stay, "encounter_id": f"e-note-{number}", "note": note, "triage": triage})
    return pl.DataFrame(varied, schema=_SCHEMA)

"""The encounters that a month makes of what it took in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import PhiEncounter, to_frame
from edscribe_pipelines.intake.feedback import feedback_encounters
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.encounters import Intake, build_encounters
from edscribe_pipelines.intake.mimic.raw_tables import scan_stored
from edscribe_pipelines.intake.notes.encounters import note_encounters


def make_encounters(
    release: tuple[Path, Mapping[str, Any]],
    notes: pl.DataFrame,
    feedback: pl.DataFrame,
    earlier: list[pl.DataFrame],
    vault: IdVault,
    folder: Path,
) -> dict[str, Any]:
    """Write the month's encounters and the problems of the release to `folder` and return their counts.

    `release` is the folder of the raw tables with their counts, `earlier` the encounters of months before, which
    feedback may be about.
    """
    mimic = _mimic_encounters(*release, vault)
    own = pl.concat([mimic.encounters, note_encounters(notes, vault)])
    corrected = feedback_encounters(feedback, pl.concat([*earlier, own]), vault)
    rows = pl.concat([own, corrected])
    rows.write_parquet(folder / "encounters.parquet")
    mimic.problems.write_parquet(folder / "problems.parquet")
    return {
        "encounters": rows.height,
        "patients": rows["patient_key"].n_unique(),
        "from_mimic": mimic.encounters.height,
        "from_notes": own.height - mimic.encounters.height,
        "from_feedback": corrected.height,
        "values_set_aside": mimic.problems.height,
        **mimic.counts,
    }


def _mimic_encounters(folder: Path, counts: Mapping[str, Any], vault: IdVault) -> Intake:
    if counts["releases"] == 0:
        return Intake(to_frame(PhiEncounter, []), pl.DataFrame(), {})
    return build_encounters(scan_stored(folder), vault, counts["data_use"])

"""A month's rows as the settings want them: what stands for PHI, and the key that it follows from."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import DeidentifiedNote, PhiEncounter, polars_schema, to_frame
from edscribe_pipelines.deidentify.month import deidentify_rows
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.builders import phi_encounter

NOTE = "Mr. Vossberg fell. Call 415-555-0132, MRN: 83320175."


def _row(folder: Path, note: str = NOTE, **changes: Any) -> dict[str, Any]:
    """Return the row of a stay with `note` as it is stored under these settings."""
    settings = Settings(store=folder / "store", phi_store=folder / "phi_store", deid_learned=False, **changes)
    settings.store.mkdir(exist_ok=True, parents=True)
    stay = phi_encounter(note=note, note_origin="physician", arrival_time="2024-03-14T10:00:00")
    counts = deidentify_rows(to_frame(PhiEncounter, [stay]), settings, settings.store)
    assert counts == {"notes": 1, "stopped_by_gate": 0, "detections_in_released": 0}
    stored = pl.read_parquet(settings.store / "encounters.parquet")
    assert stored.schema == polars_schema(DeidentifiedNote)
    (row,) = stored.to_dicts()
    return row


def test_invented_values_stand_for_phi_unless_tags_are_asked_for(tmp_path: Path) -> None:
    invented, tagged = _row(tmp_path), _row(tmp_path, deid_wording="tags")
    assert len(invented["stand_ins"]) == 3
    assert all(each in invented["note"] for each in invented["stand_ins"])
    assert not any(value in invented["note"] for value in ("Vossberg", "415-555-0132", "83320175", "["))
    assert (tagged["note"], tagged["stand_ins"]) == ("Mr. [NAME] fell. Call [PHONE], MRN: [MRN].", [])


def test_key_is_made_in_the_phi_zone_and_a_rerun_invents_the_same(tmp_path: Path) -> None:
    first = _row(tmp_path / "here")
    assert stat.S_IMODE((tmp_path / "here" / "phi_store" / "audit.key").stat().st_mode) == 0o600
    assert _row(tmp_path / "here") == first
    assert _row(tmp_path / "there")["note"] != first["note"]


def test_shifted_dates_are_stand_ins_beside_tags_too(tmp_path: Path) -> None:
    row = _row(tmp_path, "Mr. Vossberg fell on 3/14/2024.", deid_method="date_shift", deid_wording="tags")
    (moved,) = row["stand_ins"]
    assert row["note"] == f"Mr. [NAME] fell on {moved}."
    assert moved != "3/14/2024"


def test_wording_decides_whether_stored_rows_still_count(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path, phi_store=tmp_path)
    assert settings.deidentification != settings.model_copy(update={"deid_wording": "tags"}).deidentification

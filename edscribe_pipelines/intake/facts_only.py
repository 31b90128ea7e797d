"""A release's encounters as facts alone, for people who want the table and not the pipeline."""

from __future__ import annotations

import tempfile
from pathlib import Path

from edscribe_pipelines.clinical.records import Encounter, polars_schema
from edscribe_pipelines.files import commit_file
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic import build_encounters
from edscribe_pipelines.intake.release import data_use_of, read_release


def write_facts(release: Path, target: Path) -> int:
    """Write one `Encounter` row a stay to `target` (Parquet) and return their number.

    The ids are random and forgotten: nothing links the rows to the release.
    """
    with tempfile.TemporaryDirectory() as folder:
        intake = build_encounters(read_release(release), IdVault(Path(folder) / "ids.sqlite"), data_use_of(release))
    facts = intake.encounters.select(list(polars_schema(Encounter)))
    with commit_file(target) as staged:
        facts.write_parquet(staged)
    return facts.height

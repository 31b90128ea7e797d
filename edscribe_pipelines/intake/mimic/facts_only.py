"""A release's encounters as facts alone, for people who want the table and not the pipeline."""

from __future__ import annotations

from pathlib import Path

from edscribe_pipelines.clinical.records import Encounter, polars_schema
from edscribe_pipelines.files import commit_file
from edscribe_pipelines.intake.id_vault import ForgottenIds
from edscribe_pipelines.intake.mimic.charting import REPEATED
from edscribe_pipelines.intake.mimic.encounters import build_encounters
from edscribe_pipelines.intake.mimic.raw_tables import naming_files_at_fault, scan_release
from edscribe_pipelines.intake.mimic.release import data_use_of, find_tables

_ROW_GROUP = 50_000
"""Stays that are compressed at once; more take memory, which is highest here."""


def write_facts(release: Path, target: Path) -> int:
    """Write one `Encounter` row a stay to `target` (Parquet) and return their number.

    The ids are random and forgotten: nothing links the rows to the release. Words of the discharge summaries
    are no facts and stay where they are.
    """
    tables = scan_release(release, REPEATED)
    tables.pop("discharge", None)
    with naming_files_at_fault(find_tables(release).values()):
        encounters = build_encounters(tables, ForgottenIds(), data_use_of(release)).encounters
    facts = encounters.select(list(polars_schema(Encounter)))
    with commit_file(target) as staged:
        facts.write_parquet(staged, compression="lz4", statistics=False, row_group_size=_ROW_GROUP)
    return facts.height

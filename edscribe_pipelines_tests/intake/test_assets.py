from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance, materialize

from edscribe_pipelines.intake.assets import raw_physician_notes
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.intake.notes.batches import LINE, write_batch

MONTH = "2026-03"
UNAUTHORISED = {name: value for name, value in LINE.items() if name != "authorisation_id"}


@pytest.fixture(scope="module")
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


def take(instance: DagsterInstance, tmp_path: Path, **settings: Any) -> Result:
    given = Settings(
        store=tmp_path / "store", phi_store=tmp_path / "phi", notes_dir=str(tmp_path / "batch"), **settings
    )
    resources = {"settings": given, "stages": Stages(given)}
    materialize([raw_physician_notes], instance=instance, resources=resources, partition_key=MONTH)
    return Stages(given).get("raw_physician_notes", MONTH)


def test_stage_counts_what_was_refused_by_reason(instance: DagsterInstance, tmp_path: Path) -> None:
    write_batch(tmp_path / "batch", LINE, UNAUTHORISED | {"note_id": "note-2"}, {"text": 7}, {"text": 8})
    expected = {"rows": 4, "refused": 3, "refused_line_invalid": 2, "refused_no_authorisation": 1}
    assert take(instance, tmp_path).counts == expected


def test_notes_of_the_setting_authorisation_are_taken(instance: DagsterInstance, tmp_path: Path) -> None:
    write_batch(tmp_path / "batch", UNAUTHORISED)
    assert take(instance, tmp_path, notes_authorisation="IRB-7").counts == {"rows": 1, "refused": 0}


def test_identifiers_that_become_known_later_reach_a_note_that_was_taken(
    instance: DagsterInstance, tmp_path: Path
) -> None:
    write_batch(tmp_path / "batch", LINE)
    assert take(instance, tmp_path).table("rows")["known_identifiers"].to_list() == [[]]
    named = [{"kind": "patient_name", "value": "Marisol Ybarra"}]
    write_batch(tmp_path / "batch", LINE | {"known_identifiers": named})
    assert take(instance, tmp_path).table("rows")["known_identifiers"].to_list() == [named]

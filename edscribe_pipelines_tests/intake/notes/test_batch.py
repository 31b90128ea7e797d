import io
from typing import Any

import orjson
import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.mimic.release import SYNTHETIC_MARK
from edscribe_pipelines.intake.notes.batch import MANIFEST, describes_batch, read_batch
from edscribe_pipelines.intake.notes.note_folder import NoteFile


def file_of(name: str, content: bytes = b"") -> NoteFile:
    return NoteFile(name, len(content), lambda: io.BytesIO(content))


def manifest(value: Any) -> NoteFile:
    return file_of(MANIFEST, value if isinstance(value, bytes) else orjson.dumps(value))


def test_batch_without_a_manifest_is_the_hospitals_own() -> None:
    assert read_batch([file_of("a.txt")], None) == {
        "authorisation_id": None,
        "data_use": "institutional",
        "patients": {},
    }
    assert read_batch([file_of(SYNTHETIC_MARK)], "IRB-7")["data_use"] == "synthetic"


def test_manifest_counts_more_than_the_setting_and_the_mark() -> None:
    said = {"authorisation_id": "IRB-8", "data_use": "open", "patients": {"a.txt": "MRN-1"}}
    assert read_batch([file_of(SYNTHETIC_MARK), manifest(said)], "IRB-7") == said
    assert read_batch([manifest({"authorisation_id": ""})], "IRB-7")["authorisation_id"] == "IRB-7"


@pytest.mark.parametrize(
    "wrong",
    [b"", b"{", b"\0\1", [], {"data_use": "ours"}, {"patients": {"Ybarra.txt": 88410277}}, {"Ybarra": 1}],
)
def test_manifest_that_is_none_is_told_without_what_it_says(wrong: Any) -> None:
    with pytest.raises(BadInput) as error:
        read_batch([manifest(wrong)], None)
    assert str(error.value).startswith("batch.json: not what describes a batch. Write one JSON object with ")
    assert "Ybarra" not in str(error.value)


def test_only_the_batchs_own_two_files_are_no_notes() -> None:
    described = [
        name for name in (MANIFEST, SYNTHETIC_MARK, "ward/batch.json", "a.txt") if describes_batch(file_of(name))
    ]
    assert described == [MANIFEST, SYNTHETIC_MARK]

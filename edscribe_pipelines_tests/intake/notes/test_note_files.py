import csv
import io
import random
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.reading.note import split_sections
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.notes.encounters import note_encounters, read_notes
from edscribe_pipelines.intake.notes.found_notes import FoundNote, RefusedNote
from edscribe_pipelines.intake.notes.note_files import notes_in
from edscribe_pipelines.intake.notes.note_folder import NoteFile
from edscribe_pipelines_tests.intake.notes.batches import (
    LINE,
    TEXT,
    attachment,
    bundle,
    document_reference,
    word,
    write_batch,
)


def read(name: str, content: bytes, size: int | None = None) -> FoundNote | RefusedNote:
    (found,) = notes_in(NoteFile(name, len(content) if size is None else size, lambda: io.BytesIO(content)))
    return found


@pytest.mark.parametrize(
    ("name", "content"),
    [("ward/Note 7.TXT", TEXT.encode()), ("ward/Note 7.docx", word(TEXT.split("\n")))],
)
def test_file_of_one_note_is_named_by_its_path(name: str, content: bytes) -> None:
    found = read(name, content)
    assert found == FoundNote(note_id="ward/Note 7", text=TEXT, place=name)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"%PDF", "unknown_format"),
        ("a", TEXT.encode(), "unknown_format"),
        ("a.doc", TEXT.encode(), "unknown_format"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"\0\1\2\3" * 50, "undecodable_text"),
        ("a.docx", TEXT.encode(), "not_a_docx"),
        ("a.docx", word([]), "empty"),
        ("a.jsonl", b"\n\n", "empty"),
        ("a.json", b"{", "not_json"),
        ("a.json", b"{}", "not_a_note"),
        ("a.json", b'{"resourceType": "Bundle"}', "empty"),
    ],
)
def test_file_that_gives_no_note_is_refused(name: str, content: bytes, reason: str) -> None:
    found = read(name, content)
    assert isinstance(found, RefusedNote)
    assert (found.reason, found.place) == (reason, name)


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.json"])
def test_file_of_fifty_megabytes_is_refused_by_its_size(name: str) -> None:
    found = read(name, b"never read", size=80_000_000)
    assert isinstance(found, RefusedNote)
    assert found.reason == "too_long"


SOUND = {
    "a.txt": TEXT.encode("utf-16"),
    "a.docx": word(TEXT.split("\n")),
    "a.jsonl": orjson.dumps(LINE) + b"\n" + orjson.dumps(LINE),
    "a.json": orjson.dumps(bundle(document_reference(), document_reference())),
    "a.ndjson": orjson.dumps(document_reference()),
}


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """Return `content` with some of its bytes changed, lost or added."""
    for _ in range(chance.randint(1, 5)):
        place, length = chance.randrange(len(content)), chance.randint(0, 30)
        content = content[:place] + chance.randbytes(chance.randint(1, 10)) + content[place + length :]
    return content


@pytest.mark.parametrize("name", SOUND)
def test_spoilt_file_gives_notes_or_refusals_and_nothing_else(name: str) -> None:
    chance = random.Random(20260101)
    reasons: Counter[str] = Counter()
    for _ in range(60):
        content = spoilt(SOUND[name], chance)
        for found in notes_in(NoteFile(name, len(content), partial(io.BytesIO, content))):
            reasons[found.reason if isinstance(found, RefusedNote) else "taken"] += 1
    assert reasons.total() >= 60
    assert reasons["taken"] < reasons.total()


def write_in_four_formats(batch: Path, notes: dict[str, str]) -> None:
    """Write the notes by turns as .txt, .docx, .jsonl and DocumentReference; headings of a .docx are styled."""
    lines: list[dict[str, Any]] = []
    resources: list[dict[str, Any]] = []
    for number, (note_id, text) in enumerate(notes.items()):
        if number % 4 == 0:
            (batch / f"{note_id}.txt").write_bytes(text.encode(("utf-8", "utf-16", "cp1252")[number % 3], "replace"))
        elif number % 4 == 1:
            styled = ((line, "Heading 1") if line.isupper() else line for line in text.splitlines())
            (batch / f"{note_id}.docx").write_bytes(word(styled))
        elif number % 4 == 2:
            lines.append({"note_id": note_id, "patient_id": note_id, "text": text})
        else:
            resources.append(document_reference(attachment(text), id=note_id, subject=None))
    write_batch(batch, *lines)
    write_batch(batch, bundle(*resources), name="bundle.json")


@pytest.mark.aci_bench
def test_sixty_of_the_aci_bench_training_notes_are_taken_in_with_their_sections(
    aci_bench_dir: Path, tmp_path: Path
) -> None:
    with (aci_bench_dir / "train.csv").open(encoding="utf-8", newline="") as stream:
        notes = {row["encounter_id"]: row["note"] for row in csv.DictReader(stream)}
    batch = write_batch(tmp_path / "batch", manifest={"authorisation_id": "CC BY 4.0", "data_use": "open"})
    write_in_four_formats(batch, notes)
    assert Counter(path.suffix for path in batch.iterdir()) == {".txt": 17, ".docx": 17, ".jsonl": 1, ".json": 2}

    stays = note_encounters(read_notes(batch), IdVault(tmp_path / "id_vault.sqlite"))
    ids = [next(each["value"] for each in stay if each["kind"] == "note_id") for stay in stays["source_ids"]]
    assert sorted(ids) == sorted(notes)
    assert stays["set_aside"].list.len().sum() == 0
    mapped = [sum(bool(text) for text in split_sections(note).values()) for note in stays["note"]]
    assert sum(sections >= 5 for sections in mapped) >= 60
    short = [note for note, sections in zip(stays["note"], mapped, strict=True) if sections < 5]
    assert not any(check_note(note).passed for note in short)

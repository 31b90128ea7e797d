"""One reader for each format of a batch's files, by the end of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edscribe_pipelines.intake.notes.document_reference import notes_in_resource, notes_in_resources
from edscribe_pipelines.intake.notes.found_notes import FoundNote, RefusedNote
from edscribe_pipelines.intake.notes.note_folder import NoteFile
from edscribe_pipelines.intake.notes.note_lines import notes_in_lines
from edscribe_pipelines.intake.notes.plain_text import LONGEST_ENCODED, decode, settle
from edscribe_pipelines.intake.notes.refusals import Refused
from edscribe_pipelines.intake.notes.word import LARGEST_DOCX, docx_text

Reader = Callable[[NoteFile], Iterator[FoundNote | RefusedNote]]


def notes_in(file: NoteFile) -> Iterator[FoundNote | RefusedNote]:
    """Yield the notes of a file, and what in it is refused; a file that gives nothing at all is refused itself."""
    found = False
    try:
        for each in READERS.get(file.suffix, _unknown)(file):
            found = True
            yield each
        if not found:
            raise Refused("empty")
    except Refused as refusal:
        place = f"{file.name}, field {refusal.field}" if refusal.field else file.name
        yield RefusedNote(refusal.reason, place, f"{file.name}\x1f{file.size}")


def _plain(file: NoteFile) -> Iterator[FoundNote]:
    yield FoundNote(file.stem, settle(decode(file.read(LONGEST_ENCODED))), file.name)


def _word(file: NoteFile) -> Iterator[FoundNote]:
    yield FoundNote(file.stem, settle(docx_text(file.read(LARGEST_DOCX))), file.name)


def _unknown(file: NoteFile) -> Iterator[FoundNote]:
    raise Refused("unknown_format")


READERS: dict[str, Reader] = {
    ".txt": _plain,
    ".docx": _word,
    ".jsonl": notes_in_lines,
    ".json": notes_in_resource,
    ".ndjson": notes_in_resources,
}

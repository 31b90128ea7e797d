"""Where the answers of an input gather until they are a whole file, and from where a killed run goes on.

Beside OUT.jsonl stand `OUT.jsonl.part` with the answers so far and `OUT.jsonl.part.journal`, which has a line for
each batch: how much was read, its hash, and where its answers end. A restart reads the input again and keeps the
answers for as long as its batches are those of the journal. Only the owner may read either, for a hash of a short
note could be guessed at.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from edscribe_pipelines.deidentify.jsonl.answers import Answer
from edscribe_pipelines.deidentify.jsonl.note_lines import Batch
from edscribe_pipelines.errors import BadInput


@dataclass(frozen=True)
class Resumed:
    """What a killed run had done: `rows` and `notes` are kept, and `already_read` is input that follows them."""

    rows: int = 0
    notes: int = 0
    already_read: bytes = b""


class PartFile:
    """The answers of one run. `recipe` names all but the input that they depend on."""

    def __init__(self, target: Path, recipe: str) -> None:
        self._target, self._recipe = target, recipe
        self._part_path = target.with_name(f"{target.name}.part")
        self._journal_path = target.with_name(f"{target.name}.part.journal")

    def __enter__(self) -> Self:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._journal = _open_for_owner(self._journal_path)
        _lock(self._journal, self._journal_path)
        self._part = _open_for_owner(self._part_path)
        return self

    def __exit__(self, *_: object) -> None:
        self._part.close()
        self._journal.close()

    def resume(self, stream: io.RawIOBase) -> Resumed:
        """Read from `stream` what a killed run had answered, and drop what it had only begun.

        A last line without its end may have grown since, so it counts as only begun.
        """
        rows, notes, end = 0, 0, 0
        already_read = b""
        kept = len(self._heading())
        for line, entry in self._entries():
            data = _read_exactly(stream, entry["read"])
            if _hash(data) != entry["sha256"] or not data.endswith(b"\n"):
                already_read = data
                break
            rows, notes, end, kept = rows + entry["rows"], notes + entry["notes"], entry["end"], kept + len(line)
        if kept == len(self._heading()):
            self._begin()
        self._journal.truncate(kept)
        self._part.truncate(end)
        self._journal.seek(kept)
        self._part.seek(end)
        return Resumed(rows, notes, already_read)

    def add(self, batch: Batch, answer: Answer) -> None:
        self._part.write(answer.lines)
        _flush(self._part)
        self._journal.write(_line(_entry(batch, answer, self._part.tell())))
        _flush(self._journal)

    def commit(self) -> None:
        """Let the target hold all answers."""
        self._part_path.chmod(_usual_mode())
        self._part_path.replace(self._target)
        self._journal_path.unlink()

    def discard(self) -> None:
        for path in (self._part_path, self._journal_path):
            path.unlink()

    def refused(self) -> Iterator[dict[str, Any]]:
        """Yield the refusals of all batches in the journal."""
        for _, entry in self._entries():
            yield from entry["refused"]

    def _heading(self) -> bytes:
        return _line({"recipe": self._recipe})

    def _begin(self) -> None:
        self._journal.seek(0)
        self._journal.write(self._heading())
        _flush(self._journal)

    def _entries(self) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """Yield the journal's whole lines whose answers are all there; none where its recipe is another."""
        written = os.fstat(self._part.fileno()).st_size
        with self._journal_path.open("rb") as journal:
            if journal.readline() != self._heading():
                return
            for line in journal:
                if not line.endswith(b"\n") or (entry := orjson.loads(line))["end"] > written:
                    return
                yield line, entry


def _entry(batch: Batch, answer: Answer, end: int) -> dict[str, Any]:
    return {
        "read": len(batch.data),
        "sha256": _hash(batch.data),
        "rows": batch.data.count(b"\n"),
        "notes": answer.notes,
        "end": end,
        "refused": answer.refused,
    }


def _line(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_exactly(stream: io.RawIOBase, length: int) -> bytes:
    pieces = []
    while length > 0 and (piece := stream.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _open_for_owner(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")


def _lock(stream: Any, path: Path) -> None:
    with suppress(OSError):
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(path.stat(), os.fstat(stream.fileno())):
            return
    raise BadInput(str(path), "another process is writing it", remedy="Wait until it has ended.")


def _flush(stream: Any) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _usual_mode() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask

"""The files of a batch, in a folder or under a `gs://bucket/prefix`, folders within it included.

Hidden files and the lock files of a word processor ("~$...") are not the hospital's documents and are left
out. `STORAGE_EMULATOR_HOST` leads to another store than Google's, without credentials.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.notes.refusals import Refused

_CLOUD = "gs://"


@dataclass(frozen=True)
class NoteFile:
    """A file of a batch. `name` is its path within the batch, and may name a patient."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        return str(PurePosixPath(self.name).with_suffix(""))

    def read(self, most: int) -> bytes:
        """Return the content. Raises Refused where it has more than `most` bytes, before reading them."""
        if self.size > most:
            raise Refused("too_long")
        with self.open() as stream:
            return stream.read()


def note_files(source: str) -> list[NoteFile]:
    """Return the files of a batch in the order of their names. Raises BadInput where there is no such place."""
    found = _in_cloud(source) if source.startswith(_CLOUD) else _in_folder(Path(source))
    return sorted((file for file in found if not _is_hidden(file.name)), key=lambda file: file.name)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "~$")) for part in name.split("/"))


def _in_folder(folder: Path) -> Iterator[NoteFile]:
    if not folder.is_dir():
        raise BadInput(str(folder), "not a folder", remedy="Name the folder that holds the notes.")
    for path in folder.rglob("*"):
        if not path.is_dir():
            yield _local_file(path, path.relative_to(folder).as_posix())


def _local_file(path: Path, name: str) -> NoteFile:
    def opened() -> IO[bytes]:
        try:
            if stat.S_ISREG(path.stat().st_mode):
                return path.open("rb")
        except OSError:
            pass
        raise Refused("cannot_be_opened")

    return NoteFile(name, path.stat().st_size if path.is_file() else 0, opened)


def _in_cloud(source: str) -> Iterator[NoteFile]:
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from google.cloud import storage
    from requests import RequestException

    bucket, _, prefix = source.removeprefix(_CLOUD).strip("/").partition("/")
    root = f"{prefix}/" if prefix else ""
    if not bucket:
        raise BadInput(source, "names no bucket", remedy="Write gs://bucket/prefix.")
    try:
        for blob in storage.Client().list_blobs(bucket, prefix=root):
            if not blob.name.endswith("/"):
                yield NoteFile(blob.name.removeprefix(root), blob.size, _opener(blob))
    except (GoogleAPIError, GoogleAuthError, RequestException) as error:
        remedy = "Check the bucket's name and the credentials (GOOGLE_APPLICATION_CREDENTIALS)."
        raise BadInput(source, f"cannot be listed ({type(error).__name__})", remedy=remedy) from None


def _opener(blob: Any) -> Callable[[], IO[bytes]]:
    return lambda: blob.open("rb")

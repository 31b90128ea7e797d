"""What `edscribe leakage known` says: a row for each file with a hit and for each that was not read, then the counts.

No row quotes a value or a text. A file or folder whose own name holds a listed value is told by its place in the folder
that it is in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from edscribe_pipelines.deidentify.checking.listed.identifiers import Listed
from edscribe_pipelines.deidentify.checking.listed.released_text import NotRead, Piece, is_by_rows, read_released
from edscribe_pipelines.deidentify.checking.listed.search import Hit, Search
from edscribe_pipelines.errors import BadInput

_SHOWN = 1000
"""Places of one file that are listed; all are counted."""

_NAME = 0
"""The line of what the name of a file holds."""


@dataclass
class Counts:
    """What was searched. An identifier counts once a line; `broken` are those of `not_read` that should be readable."""

    files: int = 0
    lines: int = 0
    identifiers: int = 0
    hits: int = 0
    not_read: int = 0
    broken: int = 0


@dataclass(frozen=True)
class Released:
    """A file below a path that was given; `unopened` says why it is not even tried."""

    below: Path
    path: Path
    unopened: str | None = None


def files_below(paths: Sequence[Path]) -> list[Released]:
    """Return all files below the paths, each once. Raises BadInput where a path does not exist."""
    found: dict[str, Released] = {}
    for below in paths:
        if not below.exists():
            raise BadInput(str(below), "no such file or folder", remedy="Give the files or folders to search.")
        for each in _walk(below):
            found.setdefault(os.path.abspath(each.path), each)
    return list(found.values())


def _walk(below: Path) -> Iterator[Released]:
    if not below.is_dir():
        yield _released(below, below)
    closed: list[OSError] = []
    for folder, folders, files in os.walk(below, onerror=closed.append):
        folders.sort()
        links = (path for name in folders if (path := Path(folder, name)).is_symlink())
        yield from (Released(below, link, "a link to a folder, which is not followed") for link in links)
        yield from (_released(below, Path(folder, name)) for name in sorted(files))
    yield from (Released(below, Path(error.filename), "a folder that cannot be opened") for error in closed)


def _released(below: Path, path: Path) -> Released:
    return Released(below, path, None if path.is_file() else "no regular file")


class KnownSearch:
    """The search for a list's identifiers. `counts` grow with each file."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        self._search = Search(listed)
        self._holds_listed = lru_cache(lambda name: bool(self._search.in_name(name)))
        self.counts = Counts(identifiers=len(listed))

    def rows(self, files: Iterable[Released]) -> Iterator[dict[str, Any]]:
        """Yield what there is to say of each file: why it was not read, or not to its end, and what it holds."""
        for file in files:
            count, first, unread = 0, [], None
            try:
                for hit in self._hits_in(file):
                    count += 1
                    if count <= _SHOWN:
                        first.append(hit)
                self.counts.files += 1
            except NotRead as why:
                unread = str(why)
                self.counts.not_read += 1
                self.counts.broken += why.is_broken
            self.counts.hits += count
            if unread:
                yield {"file": self._shown(file), "not_read": unread}
            if count:
                yield {
                    "file": self._shown(file),
                    "hits": count,
                    "places": [_place(hit, file.path) for hit in sorted(first)],
                }

    def _hits_in(self, file: Released) -> Iterator[Hit]:
        name = str(file.path.relative_to(file.below))
        yield from (Hit(_NAME, listed) for listed in sorted(self._search.in_name(name)))
        if file.unopened:
            raise NotRead(file.unopened)
        yield from self._search.in_file(self._counted(read_released(file.path)))

    def _counted(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        is_ended = True
        for piece in pieces:
            self.counts.lines += piece.text.count(b"\n")
            is_ended = piece.text.endswith(b"\n")
            yield piece
        self.counts.lines += not is_ended

    def _shown(self, file: Released) -> str:
        """Return the path of a file, each name in it that holds a listed value replaced by its place in its folder."""
        below = file.path.relative_to(file.below)
        hidden = [name for name in below.parts if self._holds_listed(name)]
        if not hidden and self._holds_listed(str(below)):
            hidden = [*below.parts]
        shown, folder = str(file.below), file.below
        for name in below.parts:
            shown = os.path.join(shown, _entry(folder, name) if name in hidden else name)
            folder /= name
        return os.fsencode(shown).decode("utf-8", "replace")


def _entry(folder: Path, name: str) -> str:
    return f"[entry {sorted(os.listdir(folder)).index(name) + 1} by name]"


def _place(hit: Hit, path: Path) -> dict[str, Any]:
    kind_of_line = "row" if is_by_rows(path) and hit.line != _NAME else "line"
    return {kind_of_line: hit.line, "kind": hit.listed.kind, "list_line": hit.listed.line}

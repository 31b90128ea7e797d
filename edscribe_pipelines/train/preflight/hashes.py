"""SHA-256 of the files of a base, and one over all of them that ties an adapter to its base.

18 GB take a while to read, so the hash of a file is remembered by its path, size and time of change.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from edscribe_pipelines.files import read_json, write_json

HASHES = "base_hashes.json"
"""The file in the store that remembers."""

_DECIDING = {".safetensors", ".json", ".jinja", ".model", ".txt"}
"""Weights, configuration, tokenizer. A README beside them changes no answer of the base."""

_THREADS = 4
"""hashlib gives the interpreter free while it works; more threads wait for the disk."""


def hash_base(folder: Path, remembered: Path) -> tuple[str, dict[str, str]]:
    """Return the hash over the base in `folder`, and that of each of its files.

    `remembered` is a JSON file that this keeps; where it cannot be read, all files are hashed anew.
    """
    files = _deciding_files(folder)
    known = _read(remembered)
    now = {path: _state(path) for path in files}
    new = [path for path in files if known.get(str(path.absolute()), {}).get("state") != now[path]]
    with ThreadPoolExecutor(_THREADS) as threads:
        for path, digest in zip(new, threads.map(_sha256, new), strict=True):
            known[str(path.absolute())] = {"state": now[path], "sha256": digest}
    if new:
        with suppress(OSError):  # a full disk, which the preflight says itself
            write_json(remembered, known)
    hashes = {path.name: known[str(path.absolute())]["sha256"] for path in files}
    return _over_all(hashes), hashes


def base_state(folder: Path | None) -> str:
    """Return what changes when a file of the base does, without reading one."""
    if folder is None or not folder.is_dir():
        return "no folder"
    states = [[path.name, *_state(path)] for path in _deciding_files(folder)]
    return hashlib.sha256(orjson.dumps([str(folder.absolute()), states])).hexdigest()


def _deciding_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in _DECIDING)


def _state(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _over_all(hashes: dict[str, str]) -> str:
    """As `sha256sum` lists the files, hashed; the order is by name."""
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in hashes.items()).encode()).hexdigest()


def _read(remembered: Path) -> dict[str, Any]:
    try:
        return read_json(remembered)
    except (OSError, orjson.JSONDecodeError):
        return {}

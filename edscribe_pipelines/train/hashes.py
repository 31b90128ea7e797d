"""The hashes of an adapter's files, beside them: whoever loads it can see that it is the one that training wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import write_text

ADAPTER, HASHES = "adapter_model.safetensors", "SHA256SUMS"
_AGAIN = "Restore the adapter's folder or train it again."


def write_hashes(folder: Path) -> None:
    """Write SHA256SUMS, in the words of sha256sum, of all other files in `folder`."""
    write_text(folder / HASHES, "".join(f"{_sha256(folder / name)}  {name}\n" for name in _files(folder)))


def verify_hashes(folder: Path) -> None:
    """Return where each file of SHA256SUMS is as it was hashed. Raises BadInput naming the first that is not."""
    try:
        lines = (folder / HASHES).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"adapter {folder.name}", f"no {HASHES} that can be read", remedy=_AGAIN) from None
    hashes = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in sorted(hashes.keys() | {ADAPTER}):
        if not (folder / name).is_file() or _sha256(folder / name) != hashes.get(name):
            raise BadInput(
                f"adapter {folder.name}, {name}", "the file is not the one that training wrote", remedy=_AGAIN
            )


def _files(folder: Path) -> Iterator[str]:
    return (
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != HASHES
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

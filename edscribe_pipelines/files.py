"""Files that are either whole or absent, and JSON Lines that name the line that is wrong.

A kill at any moment leaves the old file or the new one, and at most a `.staging-*` sibling that the
next commit to the same place removes.
"""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from edscribe_pipelines.errors import BadInput

_STAGING = ".staging-"


@contextmanager
def commit_file(target: Path) -> Iterator[Path]:
    """Yield a path to write to; `target` holds what was written once the block ends well."""
    staged = _stage(target)
    try:
        yield staged
        with staged.open("rb") as written:
            os.fsync(written.fileno())
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def commit_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; it becomes `target`, which must not exist, once the block ends well."""
    staged = _stage(target)
    staged.mkdir()
    try:
        yield staged
        staged.rename(target)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _stage(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.with_name(f"{_STAGING}{target.name}-{os.getpid()}-{uuid.uuid4().hex[:8]}")


def remove_leftovers(folder: Path) -> None:
    """Remove what commits that were killed left in `folder`; those of living processes stay."""
    for staged in folder.glob(f"{_STAGING}*"):
        if not _is_alive(int(staged.name.rsplit("-", 2)[1])):
            shutil.rmtree(staged) if staged.is_dir() else staged.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_jsonl(
    source: str | Path, name: str | None = None, when_cut: Callable[[str], None] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (place, object) for each line of a JSON Lines file; `-` is standard input.

    Raises BadInput naming file (or `name` instead) and line where a line is not a JSON object in UTF-8. A last line
    that a kill cut short is no error but left out where `when_cut` is given, which is then told its place.
    """
    name = name or ("standard input" if str(source) == "-" else str(source))
    try:
        stream = sys.stdin.buffer if str(source) == "-" else Path(source).open("rb")  # noqa: SIM115
    except OSError as error:
        raise BadInput(name, f"cannot be opened ({error.strerror})") from None
    with stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            place = f"{name}, line {number}"
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                if when_cut is not None and not line.endswith(b"\n"):
                    when_cut(place)
                    return
                raise BadInput(place, "not JSON in UTF-8", remedy="Write one JSON object a line.") from None
            if not isinstance(row, dict):
                raise BadInput(place, "not a JSON object", remedy="Write one JSON object a line.")
            yield place, row


def write_jsonl(target: str | Path, rows: Iterable[Any]) -> int:
    """Write `rows` as JSON Lines, whole or not at all; `-` is standard output. Return their number."""
    if str(target) == "-":
        return _write_lines(sys.stdout.buffer, rows)
    with commit_file(Path(target)) as staged, staged.open("wb") as stream:
        return _write_lines(stream, rows)


def _write_lines(stream: Any, rows: Iterable[Any]) -> int:
    count = 0
    for row in rows:
        stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        count += 1
    return count


def write_json(target: Path, value: Any) -> None:
    """Write `value` as indented JSON, whole or not at all."""
    with commit_file(target) as staged:
        staged.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def read_text(source: str | Path) -> str:
    """Return a text file in UTF-8; `-` is standard input. Raises BadInput where it is none."""
    name = "standard input" if str(source) == "-" else str(source)
    try:
        content = sys.stdin.buffer.read() if str(source) == "-" else Path(source).read_bytes()
        return content.decode()
    except OSError as error:
        raise BadInput(name, f"cannot be opened ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadInput(name, "not text in UTF-8") from None


def write_text(target: str | Path, text: str) -> None:
    """Write `text`, whole or not at all; `-` is standard output."""
    if str(target) == "-":
        sys.stdout.write(text)
        return
    with commit_file(Path(target)) as staged:
        staged.write_text(text, encoding="utf-8", newline="")


def read_json(source: Path) -> Any:
    return orjson.loads(source.read_bytes())

"""JSON Lines of unknown origin, a line at a time: what is wrong with one line is told beside it.

Unlike `files.read_jsonl`, which holds this project's own formats to UTF-8 and stops at the first fault.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, NamedTuple

import orjson

from edscribe_pipelines.intake.notes.plain_text import decode, unicode_encoding
from edscribe_pipelines.intake.notes.refusals import Refused


class JsonLine(NamedTuple):
    """Line `number` of a file; `content` is None where it has more characters than asked for."""

    number: int
    content: bytes | None

    def parsed(self) -> object:
        """Return the line's value. Raises Refused where it is no JSON, or no text."""
        if self.content is None:
            raise Refused("too_long")
        return parse_json(self.content)


def parse_json(content: bytes) -> object:
    """Return the value of a JSON text. Raises Refused where it is none; half a surrogate pair is no text in JSON."""
    try:
        return orjson.loads(decode(content).removeprefix("\ufeff"))
    except orjson.JSONDecodeError:
        raise Refused("not_json") from None


def json_lines(stream: IO[bytes], longest: int) -> Iterator[JsonLine]:
    """Yield the lines of a file that are not blank, holding no more than `longest` characters of one."""
    encoding = unicode_encoding(stream.read(4)) or "utf-8"
    stream.seek(0)
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    with io.TextIOWrapper(stream, encoding, errors, newline="\n") as lines:
        number = 0
        while line := lines.readline(longest):
            number += 1
            whole = line.endswith("\n") or not _skip_line(lines, longest)
            if line.strip():
                yield JsonLine(number, line.encode("utf-8", "surrogateescape") if whole else None)


def _skip_line(lines: io.TextIOWrapper, longest: int) -> bool:
    """Read to the end of the line; return whether there was more of it."""
    more = False
    while rest := lines.readline(longest):
        more = True
        if rest.endswith("\n"):
            break
    return more

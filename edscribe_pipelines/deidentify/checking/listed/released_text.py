"""A released file as plain text, a piece after the other, so that no file has to fit into memory.

Whatever is text in UTF-8 is read, compressed by gzip or not, and Parquet row by row. Of JSON the strings are read as
they were before they were escaped, and its keys beside them; of markup the text, and the tags beside it: so a name
stands together that is written as family and given name, or in bold. A piece has the lines of the file.
"""

from __future__ import annotations

import codecs
import gzip
import html
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from edscribe_pipelines.deidentify.checking.listed.plain_text import plain_bytes

_AT_ONCE = 1 << 20
_LONGEST_LINE = 4 << 20
"""Characters after which a line is read in parts."""

_ROWS = 1024
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_JSON = (".json", ".jsonl", ".ndjson")
_PROMISED = (*_JSON, ".csv", ".html", ".md", ".parquet", ".txt")
_KEY = re.compile(r'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"[ \t]*+:')
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});")


class NotRead(Exception):
    """A file, or the rest of one, was not read; the message says why, without a word of it.

    `is_broken` is False where the file is of another kind: no text, and nothing in its name promises some.
    """

    def __init__(self, reason: str, *, is_broken: bool = True) -> None:
        super().__init__(reason)
        self.is_broken = is_broken


class Piece(NamedTuple):
    """Plain text, and keys or tags that stood in it, on the same lines."""

    text: bytes
    beside: bytes = b""


def is_by_rows(path: Path) -> bool:
    """Return whether what is a line of other files is a row of this one."""
    return _suffix(path) == ".parquet"


def read_released(path: Path) -> Iterator[Piece]:
    """Yield the text of a file. Raises NotRead, perhaps after some of it."""
    try:
        with path.open("rb") as stream:
            if stream.peek(2)[:2] == _GZIP:
                with gzip.GzipFile(fileobj=stream) as inside:
                    yield from _pieces(inside, path)
            elif stream.peek(4)[:4] == _PARQUET:
                yield from _rows(path)
            else:
                yield from _pieces(stream, path)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise NotRead("gzip that is broken or cut short") from None
    except UnicodeDecodeError:
        raise NotRead("neither text in UTF-8 nor Parquet", is_broken=_suffix(path) in _PROMISED) from None
    except (pa.ArrowException, OSError) as error:
        raise NotRead(f"cannot be read ({type(error).__name__})") from None


def _suffix(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _rows(path: Path) -> Iterator[Piece]:
    """Yield the rows of a Parquet file, each a line; the names of its columns stand beside the first."""
    with pq.ParquetFile(path) as table:
        seen: set[str] = set()
        columns = plain_bytes(" ".join(table.schema_arrow.names))
        for batch in table.iter_batches(_ROWS):
            rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            lines = b"\n".join(orjson.dumps(row, default=_as_text) for row in rows) + b"\n"
            piece = _piece(lines.decode(), seen, is_json=True)
            yield piece._replace(beside=columns + piece.beside)
            columns = b""


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _pieces(stream: BinaryIO | gzip.GzipFile, path: Path) -> Iterator[Piece]:
    seen: set[str] = set()
    is_json: bool | None = None
    suffix = _suffix(path)
    for text in _texts(stream):
        if is_json is None:
            is_json = suffix in _JSON or (suffix not in _PROMISED and text.lstrip("\ufeff \r\n\t").startswith("{"))
        yield _piece(text, seen, is_json=is_json)


def _texts(stream: BinaryIO | gzip.GzipFile) -> Iterator[str]:
    """Yield the text of a stream, parted where a line ends, or inside a very long one where a word does.

    Raises UnicodeDecodeError where it is no text; other encodings show by their zeros.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    kept = ""
    while data := stream.read(_AT_ONCE):
        if b"\0" in data:
            raise UnicodeDecodeError("utf-8", b"\0", 0, 1, "zero")
        kept += decoder.decode(data)
        end = kept.rfind("\n") + 1
        if not end and len(kept) > _LONGEST_LINE:
            end = max(kept.rfind(" "), kept.rfind(",")) + 1 or len(kept)
        if end:
            yield kept[:end]
            kept = kept[end:]
    if kept := kept + decoder.decode(b"", final=True):
        yield kept


def _piece(text: str, keys: set[str], *, is_json: bool) -> Piece:
    """Return a text as it is compared; `keys` are those of the file that stood beside a piece before, and grow."""
    beside: list[tuple[int, str]] = []
    if is_json:
        beside += _new_keys(text, keys)
        text = _unescaped(_KEY.sub(" ", text))
    if "<" in text:
        beside += [(line, tag[0].replace("\n", " ")) for line, tag in _on_lines(_TAG, text)]
        text = _TAG.sub(lambda tag: " " + "\n" * tag[0].count("\n"), text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]).replace("\n", " "), text)
    return Piece(plain_bytes(text), plain_bytes(_on_their_lines(beside)))


def _new_keys(text: str, keys: set[str]) -> Iterator[tuple[int, str]]:
    """Yield (line, key) where a key that is not among `keys` stands first, and add it to them."""
    new = set(_KEY.findall(text)) - keys
    keys |= new
    places = _on_lines(_KEY, text)
    while new:
        line, key = next(places)
        if key[1] in new:
            yield line, _unescaped(key[1])
            new.remove(key[1])


def _on_lines(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    line, place = 0, 0
    for found in pattern.finditer(text):
        line += text.count("\n", place, found.start())
        place = found.start()
        yield line, found


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _character(escaped: re.Match[str]) -> str:
    if escaped[1]:
        return chr(int(escaped[1], 16)).replace("\n", " ")
    return escaped[2] if escaped[2] in '"/' else " "


def _on_their_lines(beside: list[tuple[int, str]]) -> str:
    lines: list[str] = []
    for number, text in sorted(beside):
        lines += [""] * (number + 1 - len(lines))
        lines[number] += f" {text}"
    return "\n".join(lines)

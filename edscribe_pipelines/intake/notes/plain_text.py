"""The text of a note in whatever encoding a record system wrote it.

Unicode is told by its byte order mark, UTF-16 without one by where its zero bytes are (RFC 4627, section 3),
UTF-8 by being valid, which text in another encoding all but never is. What remains is Western: charset-normalizer
says whether it reads as cp1252 or Latin-1, or is no text.
"""

from __future__ import annotations

import codecs
import re

from edscribe_pipelines.intake.notes.refusals import Refused

LONGEST_NOTE = 200_000
"""Characters, some eighty printed pages. An ED note has a few thousand; what is longer is a chart or an accident."""

LONGEST_ENCODED = 4 * LONGEST_NOTE
"""Bytes: no encoding here needs more than four a character."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # UTF-32 comes first: its little-endian mark begins with that of UTF-16.
_WESTERN = ["cp1252", "latin_1"]
_LINE_BREAK = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_NEVER = re.compile(r"[\0\ud800-\udfff]")
"""Zero, and half a surrogate pair."""
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_MOST_CONTROLS = 0.01
"""The share of control characters above which it is no text; record systems leave a stray one here and there."""


def unicode_encoding(head: bytes) -> str | None:
    """Return the encoding that the first bytes of a file give away, or None."""
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if marked or len(head) < 4:
        return marked
    zeros = "".join("-0"[byte == 0] for byte in head[:4])
    return {"-0-0": "utf-16-le", "0-0-": "utf-16-be"}.get(zeros)


def decode(content: bytes, charset: str | None = None) -> str:
    """Return `content` as text, in `charset` where that is given and holds. Raises Refused where it is no text."""
    for encoding in filter(None, (unicode_encoding(content), charset, "utf-8")):
        try:
            return content.decode(encoding)
        except (ValueError, LookupError):
            continue
    return _western(content)


def _western(content: bytes) -> str:
    from charset_normalizer import from_bytes

    found = None if b"\0" in content else from_bytes(content, cp_isolation=_WESTERN).best()
    if found is None:
        raise Refused("undecodable_text")
    return str(found)


def settle(text: str) -> str:
    """Return the text of a note with one kind of line break. Raises Refused where it is empty, too long or no text."""
    if len(text) > LONGEST_NOTE:
        raise Refused("too_long")
    settled = _LINE_BREAK.sub("\n", text.removeprefix("\ufeff"))
    if _NEVER.search(settled) or len(_CONTROL.findall(settled)) > _MOST_CONTROLS * len(settled):
        raise Refused("undecodable_text")
    if not settled.strip():
        raise Refused("empty")
    return settled

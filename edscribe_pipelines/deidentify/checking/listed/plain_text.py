"""Text as it is compared with the list: small letters without accents, digits, and what stands between them."""

from __future__ import annotations

import re

from edscribe_pipelines.deidentify.checking.plain_letters import in_plain_letters

_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(rb"[0-9a-z\x80-\xff]+")
NOT_WORD = bytes(code for code in range(128) if not _WORD.match(bytes([code])))
"""The bytes that are no letter and no digit, in the bytes of `plain_bytes`."""


def plain_bytes(text: str) -> bytes:
    """Return `text` in UTF-8 and in plain small letters; what is foreign and no letter is a blank. Lines stay."""
    if not text.isascii():
        text = _FOREIGN.sub(lambda found: found[0] if found[0].isalnum() else " ", in_plain_letters(text).casefold())
    return text.lower().encode()


def words_in(plain: bytes) -> list[bytes]:
    return _WORD.findall(plain)

"""Text as the gate reads it: foreign spellings of letters, digits, dashes and blanks in their ASCII form.

A soft hyphen or a full-width digit must not hide an identifier. Offsets are not kept: the gate reports rules.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_FOREIGN = re.compile(r"[^\x00-\x7f]")
_SINGLE = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe",
     "’": "'", "‘": "'", "ʼ": "'"}
)  # fmt: skip


def in_plain_letters(text: str) -> str:
    """Return `text` without accents; what has no ASCII form stays."""
    return text if text.isascii() else _FOREIGN.sub(lambda found: _plain(found[0]), text)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Pd", "Zs"):
        return "-" if category == "Pd" else " "
    if category in ("Mn", "Cf"):
        return ""
    parts = unicodedata.normalize("NFKD", character.translate(_SINGLE))
    return "".join(part for part in parts if not unicodedata.combining(part)) or character

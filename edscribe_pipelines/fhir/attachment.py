"""Text as an Attachment: base64 with its size in bytes and its SHA-1, as R4 wants the hash."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any


def attachment(text: str, content_type: str, title: str) -> dict[str, Any]:
    content = text.encode()
    return {
        "contentType": content_type,
        "data": b64encode(content).decode(),
        "size": len(content),
        "hash": b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode(),
        "title": title,
    }

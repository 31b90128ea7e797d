"""The text of a note attached to a FHIR resource: plain text, HTML or .docx, as base64 data.

A url is not followed: the batch holds what the hospital released.
FHIR R4: https://hl7.org/fhir/R4/datatypes.html#Attachment
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from email.message import Message
from typing import Any

from edscribe_pipelines.intake.notes.html_text import html_text
from edscribe_pipelines.intake.notes.plain_text import LONGEST_ENCODED, decode
from edscribe_pipelines.intake.notes.refusals import Refused
from edscribe_pipelines.intake.notes.word import LARGEST_DOCX, docx_text

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attached_text(attachments: list[dict[str, Any]]) -> str:
    """Return the text of the first attachment of a kind that is read. Raises Refused where there is none."""
    for attachment in attachments:
        media_type = _media_type(attachment)
        reader = _READERS.get(media_type.get_content_type())
        if reader and attachment.get("data"):
            return reader(attachment["data"], media_type.get_content_charset())
    by_reference = any("url" in attachment and not attachment.get("data") for attachment in attachments)
    raise Refused("attachment_by_reference" if by_reference else "unsupported_attachment")


def _media_type(attachment: dict[str, Any]) -> Message:
    message = Message()
    message["Content-Type"] = " ".join(attachment.get("contentType", "application/octet-stream").split())
    return message


def _text(data: str, charset: str | None) -> str:
    return decode(_bytes(data, LONGEST_ENCODED), charset)


def _html(data: str, charset: str | None) -> str:
    return html_text(_text(data, charset))


def _docx(data: str, _: str | None) -> str:
    return docx_text(_bytes(data, LARGEST_DOCX))


_READERS: dict[str, Callable[[str, str | None], str]] = {"text/plain": _text, "text/html": _html, _DOCX: _docx}


def _bytes(data: str, most: int) -> bytes:
    if len(data) * 3 // 4 > most:
        raise Refused("too_long")
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except ValueError:
        raise Refused("undecodable_text") from None

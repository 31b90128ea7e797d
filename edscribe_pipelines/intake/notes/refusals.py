"""Why a note that a hospital handed over is not taken in.

A refusal is a fixed code: it says what is wrong and quotes nothing. Whoever reads a note raises `Refused`;
the batch turns it into a row that goes to quarantine, so nothing is lost and nobody's month fails.
"""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "attachment_by_reference",
    "cannot_be_opened",
    "empty",
    "line_invalid",
    "no_authorisation",
    "not_a_docx",
    "not_a_note",
    "not_current",
    "not_json",
    "resource_invalid",
    "same_id_twice",
    "too_long",
    "undecodable_text",
    "unknown_format",
    "unsupported_attachment",
]
"""`not_current`: a DocumentReference that was superseded or entered in error. `same_id_twice`: another note
of the batch, before this one, has the same id and other content."""


class Refused(Exception):
    """A file, a line or a resource is not taken in. `field` is a path of names, never a value."""

    def __init__(self, reason: Reason, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field

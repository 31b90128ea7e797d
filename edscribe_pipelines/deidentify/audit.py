"""What was removed where, without what it was: one row a span, for the PHI zone.

The value stands as HMAC-SHA256 under a vault key, so that two rows show whether they removed the same value, and
whoever holds the key and a value can look it up; a plain hash of a record number is found by trying all of them.
Such a code is still derived from the person's data (45 CFR 164.514(c)), so rows and key stay in the PHI zone.
"""

from __future__ import annotations

import hmac
import os
import secrets
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from typing_extensions import TypedDict

from edscribe_pipelines.deidentify.finding.rules import category_of
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.words import fold
from edscribe_pipelines.errors import BadInput

_KEY_FILE = "audit.key"
_KEY_BYTES = 32


class AuditRow(TypedDict):
    """One span that `field` of an encounter lost. `start` and `end` are characters of the original text, end
    exclusive; `value_hmac` is that of the value without case, accents and repeated blanks."""

    encounter_id: str
    field: str
    start: int
    end: int
    category: str
    type: str
    rule: str
    value_hmac: str


def audit_rows(encounter_id: str, field: str, text: str, spans: Iterable[Span], key: bytes) -> list[AuditRow]:
    """Return a row for each of `spans` of `text`, which is one field of the encounter, as it was."""
    return [
        {
            "encounter_id": encounter_id,
            "field": field,
            "start": span.start,
            "end": span.end,
            "category": category_of(span.type),
            "type": span.type,
            "rule": span.rule,
            "value_hmac": _hmac(text[span.start : span.end], key),
        }
        for span in spans
    ]


def _hmac(value: str, key: bytes) -> str:
    folded = " ".join(fold(value).split())
    return hmac.digest(key, folded.encode("utf-8", "surrogatepass"), "sha256").hex()


def vault_key(folder: Path) -> bytes:
    """Return the key kept in `folder` of the PHI zone, made on the first call and never replaced.

    Raises BadInput where its file is damaged.
    """
    path = folder / _KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep_first(path, secrets.token_bytes(_KEY_BYTES))
    key = path.read_bytes()
    if len(key) != _KEY_BYTES or not any(key):
        raise BadInput(
            str(path),
            f"damaged: not a key of {_KEY_BYTES} bytes",
            remedy="Restore it from a backup. Under a new key, earlier audits can no longer be compared or looked up, "
            "and patients get other invented values.",
        )
    return key


def _keep_first(path: Path, key: bytes) -> None:
    """Let `path` hold `key`, whole and for its owner only, unless another process was first."""
    staged = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(staged)
    staged.unlink()

"""What a target refused for good: request and OperationOutcome, so that somebody can mend it and send it again.

One file per target and month, `<store>/fhir_dead_letters/<target>-<month>.ndjson`, mode 600: a request holds notes. The
last refusal of a stay, or of a resource that several share, is the one that counts.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry
from edscribe_pipelines.files import commit_file, read_jsonl

if TYPE_CHECKING:
    from edscribe_pipelines.fhir.elements import Resource

FOLDER = "fhir_dead_letters"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeadLetters:
    """The dead letters of one target and month."""

    path: Path
    target: str
    month: str

    def add(self, bundle: Bundle, refused: list[tuple[Entry, int, Resource]]) -> None:
        """Write down what was refused of `bundle`, a line per stay."""
        entries: dict[str, list[tuple[Entry, int, Resource]]] = {}
        for entry, status, outcome in refused:
            entries.setdefault(entry.stay or entry.reference, []).append((entry, status, outcome))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.writelines(self._line(about, bundle.type, of_stay) for about, of_stay in entries.items())

    def _line(self, about: str, bundle_type: str, refused: list[tuple[Entry, int, Resource]]) -> bytes:
        request = Bundle(bundle_type, tuple(entry for entry, _, _ in refused)).write("")
        row = {
            "target": self.target,
            "month": self.month,
            "about": about,
            "resources": [entry.reference for entry, _, _ in refused],
            "status": refused[0][1],
            "request": orjson.Fragment(request),
            "outcome": refused[0][2],
            "refused_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)

    def read(self) -> dict[str, dict[str, Any]]:
        """Return the letters by the stay, or the shared resource, that they are about. A line that a kill cut short is
        left out: its stay is not confirmed in the ledger, so it goes again anyway."""
        if not self.path.exists():
            return {}
        warn = "%s: left out, a kill cut it short"
        rows = read_jsonl(self.path, when_cut=lambda place: _log.warning(warn, place))
        return {row["about"]: row for _, row in rows}

    def keep(self, letters: dict[str, dict[str, Any]]) -> None:
        """Keep `letters` alone; without any the file goes."""
        if not letters:
            self.path.unlink(missing_ok=True)
            return
        with commit_file(self.path) as staged:
            staged.touch(0o600)
            with staged.open("wb") as file:
                file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in letters.values())


def dead_letters_of(store: Path, target: str, month: str) -> DeadLetters:
    return DeadLetters(store / FOLDER / f"{_short(target)}-{month}.ndjson", target, month)


def months_with_dead_letters(store: Path, target: str) -> Iterator[str]:
    """Yield the months of which `target` refused something, in order."""
    prefix = f"{_short(target)}-"
    for path in sorted((store / FOLDER).glob(f"{prefix}????-??.ndjson")):
        yield path.stem.removeprefix(prefix)


def _short(target: str) -> str:
    return hashlib.sha256(target.encode()).hexdigest()[:12]

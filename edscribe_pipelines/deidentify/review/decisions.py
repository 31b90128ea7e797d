"""What a person decided about doubtful stretches of notes: a file of JSON lines, in the PHI zone.

A line names its text by a hash and the stretch by its characters, so the file holds no word of a note; it is worth
nothing without the notes.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import orjson

from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import read_jsonl

Verdict = Literal["identifier", "nothing"]

_FIELDS = {"text_sha256": str, "start": int, "end": int, "verdict": str}
_REMEDY = "Let `edscribe deid review` write this file."
_RULE = "reviewer"
_log = logging.getLogger(__name__)


class Decision(NamedTuple):
    """text[start:end] is an identifier or nothing; `text_sha256` says of which text."""

    text_sha256: str
    start: int
    end: int
    verdict: Verdict


class Decisions:
    """Decisions by text; of two about the same characters the later counts."""

    def __init__(self, decisions: Sequence[Decision] = ()) -> None:
        self._by_text: dict[str, dict[tuple[int, int], Verdict]] = {}
        for decision in decisions:
            self.add(decision)

    def add(self, decision: Decision) -> None:
        self._by_text.setdefault(decision.text_sha256, {})[decision.start, decision.end] = decision.verdict

    def identifiers(self, text: str) -> list[Span]:
        """Return what a person confirmed in `text`."""
        return [Span(start, end, "OTHER_ID", _RULE) for start, end in self._of(text, "identifier")]

    def struck(self, text: str) -> list[tuple[int, int]]:
        """Return the stretches of `text` that a person says are nothing."""
        return list(self._of(text, "nothing"))

    def _of(self, text: str, verdict: Verdict) -> Iterator[tuple[int, int]]:
        of_text = self._by_text.get(hash_of(text), {}) if self._by_text else {}
        return (place for place, said in of_text.items() if said == verdict and place[1] <= len(text))


UNDECIDED = Decisions()


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_decisions(path: Path) -> Decisions:
    """Return the decisions of a file. Raises BadInput naming line and field.

    A last line that a kill cut short counts for nothing, and standard error says so.
    """
    return Decisions([_decision(place, row) for place, row in read_jsonl(path, when_cut=_tell_of_cut)])


def _tell_of_cut(place: str) -> None:
    _log.warning("%s: cut short by a kill, so it counts for nothing; `edscribe deid review` asks again.", place)


def _decision(place: str, row: dict[str, object]) -> Decision:
    for field, kind in _FIELDS.items():
        if not isinstance(row.get(field), kind):
            raise BadInput(place, f"no {kind.__name__}", field=field, remedy=_REMEDY)
    if row["verdict"] not in ("identifier", "nothing"):
        raise BadInput(place, "neither identifier nor nothing", field="verdict", remedy=_REMEDY)
    return Decision(*(row[field] for field in _FIELDS))  # type: ignore[arg-type]


def end_last_line(path: Path) -> None:
    """Have the next decision begin a line: what a kill cut short goes, a whole line without its end gets one."""
    if not path.exists():
        return
    with path.open("r+b") as stream:
        whole, newline, last = stream.read().rpartition(b"\n")
        if not last.strip():
            return
        try:
            orjson.loads(last)
        except orjson.JSONDecodeError:
            stream.truncate(len(whole) + len(newline))
        else:
            stream.write(b"\n")


def append_decision(path: Path, decision: Decision) -> None:
    """Write a decision so that it outlives whatever happens next."""
    with path.open("ab") as stream:
        stream.write(orjson.dumps(decision._asdict(), option=orjson.OPT_APPEND_NEWLINE))
        stream.flush()
        os.fsync(stream.fileno())

"""De-identification of JSON Lines: a note a line in; its text, spans and verdict out.

In: `{"id", "text"[, "known_identifiers", "patient", "year"]}`. `patient` says whose note it is, so that all of theirs
get the same surrogates and the same shift of dates; `year` is that of the arrival.
Out: `{"id", "text", "spans", "gate"}`. A note that the gate stops leaves without its text, with its spans and the
rules that it broke. A line that cannot be used becomes a refusal, which names row and field and never quotes a value.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

import edscribe_pipelines
from edscribe_pipelines.deidentify.checking.doubt import withheld_for
from edscribe_pipelines.deidentify.checking.gate import phi_findings, verdict
from edscribe_pipelines.deidentify.finding.spans import Deidentified
from edscribe_pipelines.deidentify.finding.unseen import has_unseen, without_unseen
from edscribe_pipelines.deidentify.jsonl.note_lines import Batch, Failure, NoteLine, Refusal, read_notes
from edscribe_pipelines.deidentify.remover import Note, Remover
from edscribe_pipelines.deidentify.replacing.replacement import Replacement
from edscribe_pipelines.deidentify.review.decisions import UNDECIDED, Decisions
from edscribe_pipelines.errors import EdscribeError

_PACKAGE = Path(edscribe_pipelines.__file__).parent


@dataclass(frozen=True)
class Answer:
    """What became of a batch: `lines` of JSON for `notes` of its rows, in their order, and the rows refused."""

    lines: bytes
    notes: int
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class How:
    """What decides about a note besides its line. `is_learned` says whether the model reads beside the rules."""

    replacement: Replacement
    decisions: Decisions = UNDECIDED
    is_learned: bool = True


def answer_batch(batch: Batch, how: How) -> Answer:
    """De-identify each line of `batch`. Never raises for what a line holds."""
    read = list(read_notes(batch))
    answers = _answers([note for note in read if isinstance(note, NoteLine)], how)
    refused = [each for each in (*read, *answers) if isinstance(each, Refusal)]
    lines = [answer for answer in answers if isinstance(answer, bytes)]
    return Answer(b"".join(lines), len(lines), tuple(sorted(refused, key=lambda refusal: refusal.row)))


def _answers(notes: list[NoteLine], how: How) -> list[bytes | Refusal]:
    try:
        return [_answer(note, clean, how) for note, clean in zip(notes, _remove_all(notes, how), strict=True)]
    except EdscribeError:
        raise
    except Exception as error:  # What an engine raises may quote a note, so only its kind and place leave.
        if len(notes) == 1:
            return [Failure(notes[0].row, None, f"could not be de-identified ({_kind_and_place(error)})")]
    return [answer for note in notes for answer in _answers([note], how)]


def _answer(note: NoteLine, clean: Deidentified, how: How) -> bytes:
    """Return the line for `note`. The gate sees tags, for a surrogate looks like what it stands for."""
    findings = phi_findings(clean.text, note.known_identifiers)
    if has_unseen(clean.text):
        findings = sorted({*findings, *phi_findings(without_unseen(clean.text), note.known_identifiers)})
    findings = [*findings, *withheld_for(note.text, clean.spans, how.decisions.struck(note.text))]
    result = {
        "id": note.id,
        "text": None if findings else _released(note, clean, how.replacement),
        "spans": [{"start": span.start, "end": span.end, "type": span.type} for span in clean.spans],
        "gate": {"verdict": verdict(findings), "rules": findings},
    }
    return orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE)


def _released(note: NoteLine, clean: Deidentified, replacement: Replacement) -> str:
    if replacement == Replacement():
        return clean.text
    return replacement.apply(note.text, clean.spans, note.patient, note.year)


def _remove_all(notes: list[NoteLine], how: How) -> list[Deidentified]:
    confirmed = how.decisions.identifiers
    return _remover(how.is_learned).remove_all(
        [Note(each.text, each.known_identifiers, each.patient, each.year, confirmed(each.text)) for each in notes]
    )


@cache
def _remover(is_learned: bool) -> Remover:
    return Remover(is_learned=is_learned)


def _kind_and_place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    return f"{type(error).__name__} at {Path(ours[-1].filename).relative_to(_PACKAGE)}, line {ours[-1].lineno}"

"""What a reader finds in a file of a batch: notes, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.clinical.stated.note_facts import NoteFacts
from edscribe_pipelines.intake.notes.refusals import Reason


@dataclass(frozen=True)
class FoundNote:
    """A note as its file gives it. Without a `patient_id` its patient is taken to be somebody of their own."""

    note_id: str
    text: str
    place: str
    patient_id: str | None = None
    authorisation_id: str | None = None
    known_identifiers: list[Identifier] = field(default_factory=list)
    facts: NoteFacts = field(default_factory=NoteFacts)


@dataclass(frozen=True)
class RefusedNote:
    """What cannot be taken in. The same `content` refused again is the same refusal."""

    reason: Reason
    place: str
    content: str

"""The note of a stay: its text, and who wrote what of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.records import NoteOrigin, Tier
from edscribe_pipelines.fhir.models import Model


@dataclass(frozen=True)
class Note:
    """A note of twelve sections that the gates have passed; `note_origin` None where nobody recorded it.

    `model` is the one that wrote it, None also where nobody recorded which. `model_sections` are those that still stand
    as a model wrote them in a note that a physician has corrected since.
    """

    completion: str
    note_origin: NoteOrigin | None
    tier: Tier | None
    model: Model | None = None
    model_sections: Collection[str] = ()

    @property
    def is_drafted_by_model(self) -> bool:
        return self.note_origin == "model" or self.tier == "drafted"

    @property
    def holds_text_of_model(self) -> bool:
        return self.is_drafted_by_model or bool(self.model_sections)


def by_whom(note: Note, before: Note | None, model: Model | None) -> Note:
    """Return a note with the model that wrote it, or those of its sections that a correction left as they were."""
    if note.is_drafted_by_model:
        return replace(note, model=model)
    if before is None or not before.is_drafted_by_model:
        return note
    drafted = split_headed(before.completion)
    kept = [name for name, text in split_headed(note.completion).items() if drafted.get(name) == text]
    return replace(note, model=model, model_sections=tuple(kept))

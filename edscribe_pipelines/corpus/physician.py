"""A physician's own note as a training case: the same words under the twelve headings.

Only headings change. A section that the note lacks says `NOT_DOCUMENTED`, which is true of its source;
whether a note with that gap may teach is for the gates to say.
"""

from __future__ import annotations

from edscribe_pipelines.clinical.note import split_sections
from edscribe_pipelines.clinical.records import Case, DeidentifiedNote
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.cases import make_case


def physician_case(encounter: DeidentifiedNote) -> Case | None:
    """Return the case of a stay with a physician's note; None where the note has no headings."""
    sections = split_sections(encounter["note"] or "")
    if not sections:
        return None
    note = "\n\n".join(f"{heading(section)}\n{sections.get(section, NOT_DOCUMENTED)}" for section in SECTIONS)
    return make_case(encounter, "physician", "physician", note, [])

"""The same facts as a generic SOAP note: what a scribe writes that knows no emergency department.

Subjective, Objective, Assessment, Plan after Weed (N Engl J Med 1968;278:593-600). Sections without facts
are left out, as a generic scribe does; that they are stated in a note is what the adapter has to teach.
"""

from __future__ import annotations

from edscribe_pipelines.clinical.reading.note import split_sections
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED

_PARTS = {
    "SUBJECTIVE": (
        "Chief Complaint",
        "History of Present Illness",
        "Review of Systems",
        "Past Medical/Surgical History",
        "Medications",
        "Allergies",
        "Social History",
    ),
    "OBJECTIVE": ("Physical Examination", "Labs & Imaging"),
    "ASSESSMENT": ("Medical Decision Making",),
    "PLAN": ("ED Course & Procedures", "Disposition"),
}


def as_soap(note: str) -> str:
    """Return the documented sections of a twelve-section note, regrouped under four headings."""
    sections = split_sections(note)
    documented = {name: text for name, text in sections.items() if text and text != NOT_DOCUMENTED}
    parts = {
        part: "\n".join(documented[name] for name in names if name in documented) for part, names in _PARTS.items()
    }
    return "\n\n".join(f"{part}\n{text}" for part, text in parts.items() if text)

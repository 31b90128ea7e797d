"""The twelve sections of an emergency-department note, and how a note's text falls into them.

Source: the plan's 12-section note; headings and rules in `tables/sections.csv`.
"""

from __future__ import annotations

SECTIONS = (
    "Chief Complaint",
    "History of Present Illness",
    "Review of Systems",
    "Past Medical/Surgical History",
    "Medications",
    "Allergies",
    "Social History",
    "Physical Examination",
    "ED Course & Procedures",
    "Labs & Imaging",
    "Medical Decision Making",
    "Disposition",
)
"""In the order in which a note gives them."""

NOT_DOCUMENTED = "Not documented in the source."
"""What a section says, exactly, when its encounter holds no fact for it."""


def heading(section: str) -> str:
    """Return the line that opens `section` in a note that this project writes."""
    return section.upper()

"""What the scribe is told before it writes: the plan's ED-specific prompt (sections 1.3 and 2.2)."""

from __future__ import annotations

from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.clinical.specialties import find_specialty

_KEYS = ", ".join(f'"{section}"' for section in SECTIONS)

ED_SYSTEM_PROMPT = find_specialty("emergency_medicine").prompt

DRAFTING_PROMPT = f"""{ED_SYSTEM_PROMPT}

This time the source is a list of structured facts and nothing else was recorded. Copy every number, time, drug name, \
diagnosis and code as it stands in the list: do not convert, round, add up, count or translate it. Put each fact where \
a physician looks for it: the triage vital signs under Physical Examination, later vital signs and what \
was dispensed under ED Course & Procedures, home medications under Medications, recorded \
diagnoses under Medical Decision Making. A drug that was dispensed is not known to have been given.

The list holds no history, no examination, no negative finding, no result and no reasoning, so the note holds none: no \
symptom that the patient denied or had, no normal finding, no cause, no plan, no advice.

Answer with one JSON object and nothing else. Its keys are the twelve sections, written {_KEYS}; each value is the \
text of that section without its heading."""
"""The same scribe, drafting a training note from a stay's structured facts."""

"""A note in twelve sections from an encounter's facts alone: the template drafter.

It states what is recorded, as recorded, and `NOT_DOCUMENTED` where nothing is. It gives no reason,
no cause and no plan, because structured rows hold none.
"""

from __future__ import annotations

from collections.abc import Callable

from edscribe_pipelines.clinical.records import Case, DeidentifiedNote
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus import facts
from edscribe_pipelines.corpus.cases import make_case
from edscribe_pipelines.corpus.statement import Statement, join


def render_case(encounter: DeidentifiedNote) -> Case:
    """Return the pair of facts and rendered note, with the provenance of every fact in the note."""
    note = render_note(encounter)
    return make_case(encounter, "rendered", "template", note.text, note.provenance)


def render_note(encounter: DeidentifiedNote) -> Statement:
    return join("\n\n", (_section(section, encounter) for section in SECTIONS))


def _section(section: str, encounter: DeidentifiedNote) -> Statement:
    content = _WRITERS[section](encounter) if section in _WRITERS else Statement()
    return Statement(f"{heading(section)}\n").add(content if content.text else Statement(NOT_DOCUMENTED))


def _sentence(label: str, statement: Statement) -> Statement:
    return Statement(label).add(statement).say(".") if statement.text else statement


def _history(encounter: DeidentifiedNote) -> Statement:
    return join(
        " ",
        [
            _sentence("", facts.patient(encounter)),
            _sentence("Chief complaint: ", facts.chief_complaint(encounter)),
            _sentence("Triage acuity ", facts.acuity(encounter)),
        ],
    )


def _course(encounter: DeidentifiedNote) -> Statement:
    return join("\n", [facts.later_vital_signs(encounter), _sentence("Dispensed: ", facts.dispensed(encounter))])


_WRITERS: dict[str, Callable[[DeidentifiedNote], Statement]] = {
    "Chief Complaint": facts.chief_complaint,
    "History of Present Illness": _history,
    "Medications": lambda encounter: _sentence("Home medications: ", facts.home_medications(encounter)),
    "Physical Examination": lambda encounter: _sentence(
        "Triage vital signs: ", facts.vital_signs(encounter["triage"], "triage")
    ),
    "ED Course & Procedures": _course,
    "Medical Decision Making": lambda encounter: _sentence("Recorded diagnoses: ", facts.diagnoses(encounter)),
    "Disposition": lambda encounter: _sentence("", facts.disposition(encounter)),
}

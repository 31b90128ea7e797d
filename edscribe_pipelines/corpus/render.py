"""Notes in twelve sections from encounters' facts alone: the template drafter.

They state what is recorded, as recorded, and `NOT_DOCUMENTED` where nothing is. They give no reason, no
cause and no plan, because structured rows hold none; an excerpt of another document stands as it was written.
"""

from __future__ import annotations

import polars as pl

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.cases import make_cases
from edscribe_pipelines.corpus.facts import Facts, facts_of, prompts_from
from edscribe_pipelines.corpus.statement import Statement, join, phrase, provenance


def render_cases(encounters: pl.DataFrame) -> pl.DataFrame:
    """Return the `Case` of each `DeidentifiedNote` row: its facts and a rendered note, with the provenance
    of every fact in the note."""
    facts = facts_of(encounters)
    note = _note(facts)
    return make_cases(encounters, "rendered", "template", prompts_from(facts), note.text, provenance(note))


def _note(facts: Facts) -> Statement:
    written = {
        "Chief Complaint": facts.chief_complaint,
        "History of Present Illness": _history(facts),
        "Medications": _sentence("Home medications: ", facts.home_medications),
        "Physical Examination": _sentence("Triage vital signs: ", facts.triage),
        "ED Course & Procedures": _course(facts),
        "Medical Decision Making": _sentence("Recorded diagnoses: ", facts.diagnoses),
        "Disposition": _sentence("", facts.disposition),
    }
    nothing = Statement(pl.repeat(None, len(facts.patient.text), dtype=pl.String, eager=True))
    sections = []
    for name in SECTIONS:
        content = join("\n", [part[name] for part in (written, facts.excerpts) if name in part] or [nothing])
        sections.append(phrase(f"{heading(name)}\n", content.otherwise(NOT_DOCUMENTED)))
    return join("\n\n", sections)


def _sentence(label: str, statement: Statement) -> Statement:
    return phrase(label, statement, ".")


def _history(facts: Facts) -> Statement:
    return join(
        " ",
        [
            _sentence("", facts.patient),
            _sentence("Chief complaint: ", facts.chief_complaint),
            _sentence("Triage acuity ", facts.acuity),
        ],
    )


def _course(facts: Facts) -> Statement:
    return join(
        "\n",
        [
            facts.later_vital_signs,
            _sentence("Dispensed: ", facts.dispensed),
            _sentence("Given: ", facts.administered),
        ],
    )

"""Training pairs: the facts of a stay and the note that states them."""

from __future__ import annotations

from edscribe_pipelines.clinical.protocols import protocols_mentioned
from edscribe_pipelines.clinical.records import Case, DeidentifiedNote, NoteOrigin, Provenance, Tier
from edscribe_pipelines.corpus.facts import prompt_from
from edscribe_pipelines.corpus.wording import DISPOSITIONS

_UNKNOWN_COMPLAINT = "UNKNOWN-CC"


def make_case(
    encounter: DeidentifiedNote, tier: Tier, origin: NoteOrigin, note: str, provenance: list[Provenance]
) -> Case:
    """Return the case of a stay. Its id comes from the stay's random id, so it says nothing more."""
    return {
        "case_id": f"c-{encounter['encounter_id'].removeprefix('e-')}-{tier}",
        "encounter_id": encounter["encounter_id"],
        "patient_key": encounter["patient_key"],
        "data_use": encounter["data_use"],
        "tier": tier,
        "note_origin": origin,
        "revises": encounter["revises"],
        "prompt": prompt_from(encounter),
        "completion": note,
        "metadata": {
            "chief_complaint": encounter["chief_complaint"] or "",
            "esi_level": encounter["triage_acuity"],
            "disposition": encounter["disposition"] or "",
            "protocols": protocols_mentioned(note),
        },
        "provenance": provenance,
    }


def reasons_for_no_case(encounter: DeidentifiedNote) -> list[str]:
    """Return why the stay cannot make an honest case; empty when it can."""
    reasons = {
        "phi_gate_failed": encounter["phi_gate"] != "pass",
        "no_chief_complaint": encounter["chief_complaint"] in (None, _UNKNOWN_COMPLAINT),
        "left_without_being_seen": encounter["disposition"] == "LEFT WITHOUT BEING SEEN",
        "eloped": encounter["disposition"] == "ELOPED",
        "disposition_not_known": encounter["disposition"] not in _KNOWN_DISPOSITIONS,
    }
    return [reason for reason, holds in reasons.items() if holds]


_KNOWN_DISPOSITIONS = {*DISPOSITIONS, "LEFT WITHOUT BEING SEEN", "ELOPED"}

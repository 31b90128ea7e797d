"""Allergies that a note states: the patient's word, confirmed by nobody here."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.clinical.medications.allergens import SECTION, Allergy, stated_allergies
from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, heading
from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY
from edscribe_pipelines.fhir.elements import AI_ASSERTED, Resource, about, coded, meta
from edscribe_pipelines.fhir.note import Note


def allergies(encounter: dict[str, Any], note: Note) -> list[Resource]:
    """Return one AllergyIntolerance per drug or class that the note's Allergies section plainly names, in its order.

    What is only suspected is none, and that there is no allergy stays in the section.
    """
    return [
        {
            "resourceType": "AllergyIntolerance",
            "id": f"{encounter['encounter_id']}-allergy{number}",
            "meta": meta(encounter, *([AI_ASSERTED] if note.is_drafted_by_model else [])),
            "clinicalStatus": coded(f"{HL7_TERMINOLOGY}/allergyintolerance-clinical", "active"),
            "verificationStatus": coded(f"{HL7_TERMINOLOGY}/allergyintolerance-verification", "unconfirmed"),
            "type": "intolerance" if allergy.is_intolerance else "allergy",
            "category": ["medication"],
            "code": {"text": allergen},
            "patient": about(encounter)["subject"],
            "encounter": about(encounter)["encounter"],
        }
        for number, (allergen, allergy) in enumerate(_stated(note.completion).items(), start=1)
    ]


def _stated(text: str) -> dict[str, Allergy]:
    content = split_headed(text).get(SECTION, NOT_DOCUMENTED)
    if content == NOT_DOCUMENTED:
        return {}
    note = ParsedNote(f"{heading(SECTION)}\n{content}", headed=True)
    named = (each for each in stated_allergies(note) if each.is_plain and note.section_at(each.start) == SECTION)
    return {each.allergen: each for each in named}

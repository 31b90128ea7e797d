"""Drugs given or prescribed to a patient who is said to be allergic to them, to what they hold or to their class.

How grave that is says the row of `tables/allergy_classes.csv`; a cross-reaction between classes only warns. So does a
drug that the patient bore before or was made to bear, an intolerance (nausea, itching of opioids) and an allergy only
suspected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.allergens import (
    SECTION,
    Allergy,
    AllergyStatements,
    allergy_statements,
    stated_allergies,
)
from edscribe_pipelines.clinical.medications.allergy_classes import Offence, are_related, offence_of
from edscribe_pipelines.clinical.medications.allergy_words import cue
from edscribe_pipelines.clinical.medications.names import DrugMention, drug_mentions
from edscribe_pipelines.clinical.medications.ordered import Ordered, ordered
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Encounter, Finding, Severity

__all__ = ["check_allergies", "stated_allergies"]

_CONTRADICTION = "The project's rule: one note, one answer on allergies"
_HEARD_OUT = 90
"""How far behind a drug the note may say that it was borne."""


class _Conflict(NamedTuple):
    """Of a drug with an allergy; `is_sure` where the allergy is true and plainly told."""

    is_sure: bool
    offence: Offence

    @property
    def blocks(self) -> bool:
        return self.is_sure and self.offence.severity == "critical"


def check_allergies(note: ParsedNote, facts: Encounter | None = None) -> list[Finding]:
    """Return a finding for each drug ordered against a stated allergy, and for allergies both denied and stated.

    A drug among `confirmed_doses` of `facts` was truly given, as a physician says: that remains an information.
    """
    said = note.of(allergy_statements)
    if not said.allergies:
        return []
    confirmed = {dose["name"] for dose in facts["confirmed_doses"]} if facts else set()
    return [*_conflicts(note, said.allergies, confirmed), *_contradictions(note, said)]


def _conflicts(note: ParsedNote, allergies: tuple[Allergy, ...], confirmed: set[str]) -> Iterator[Finding]:
    named = {allergy.start for allergy in allergies}
    distinct = {(each.allergen, each.is_plain, each.is_intolerance): each for each in allergies}.values()
    mentions = note.of(drug_mentions)
    conflicts = {drug: _gravest(drug, distinct) for drug in {mention.drug for mention in mentions}}
    reported: set[str] = set()
    for mention in mentions:
        conflict = conflicts[mention.drug]
        if conflict is None or mention.drug in reported or mention.start in named:
            continue
        how = ordered(note, mention)
        if how:
            reported.add(mention.drug)
            severity: Severity = "critical" if conflict.blocks and not _is_borne(note, mention) else "warning"
            yield _conflict(mention, conflict, "information" if mention.drug in confirmed else severity, how)


def _gravest(drug: str, allergies: Iterable[Allergy]) -> _Conflict | None:
    conflicts = [
        _Conflict(allergy.is_plain and not allergy.is_intolerance, offence)
        for allergy in allergies
        if (offence := offence_of(drug, allergy.allergen))
    ]
    return max(conflicts, key=lambda conflict: (conflict.blocks, conflict.is_sure), default=None)


def _is_borne(note: ParsedNote, mention: DrugMention) -> bool:
    """Whether the note says that the patient bears the drug or one of its class, or that the allergy was weighed."""
    text = note.text
    if cue("acknowledged").search(text) or cue("unharmed").search(text, mention.start, mention.end + _HEARD_OUT):
        return True
    return any(_is_about(note, match.start(), mention.drug) for match in cue("tolerated").finditer(text))


def _is_about(note: ParsedNote, place: int, drug: str) -> bool:
    start, end = note.sentence_at(place)
    return any(
        are_related(drug, each.drug) for each in note.of(drug_mentions) if start <= each.start and each.end <= end
    )


def _conflict(mention: DrugMention, conflict: _Conflict, severity: Severity, how: Ordered) -> Finding:
    return Finding(
        rule="allergy.conflict",
        severity=severity,
        section=None,
        start=mention.start,
        end=mention.end,
        message=f"{mention.drug.capitalize()} was {how}, {conflict.offence.how}.",
        citation=conflict.offence.citation,
    )


def _contradictions(note: ParsedNote, said: AllergyStatements) -> Iterator[Finding]:
    """Yield the first place where the Allergies section and the rest of the note disagree on whether there is one."""
    listed = [allergy for allergy in said.allergies if note.section_at(allergy.start) == SECTION]
    told = [each for each in said.allergies if each.is_named and note.section_at(each.start) != SECTION]
    for start, end in said.none_said:
        in_section = note.section_at(start) == SECTION
        sentence = note.sentence_at(start)
        against = [each for each in (told if in_section else listed) if note.sentence_at(each.start) != sentence]
        if against:
            plain = next((allergy for allergy in against if _is_plainly_said(note, allergy)), None)
            first = plain or against[0]
            place = (first.start, first.end) if in_section else (start, end)
            yield _contradiction(*place, "critical" if plain else "warning")
            return


def _is_plainly_said(note: ParsedNote, allergy: Allergy) -> bool:
    return allergy.is_plain and not allergy.is_intolerance and not note.context(allergy.start, allergy.end)


def _contradiction(start: int, end: int, severity: Severity) -> Finding:
    return Finding(
        rule="allergy.contradiction",
        severity=severity,
        section=None,
        start=start,
        end=end,
        message="The note denies all drug allergies and names one.",
        citation=_CONTRADICTION,
    )

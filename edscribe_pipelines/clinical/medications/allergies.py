"""Drugs given in the ED to a patient who is said to be allergic to them or to their class.

A class is one where US labels name it so: rows of `tables/allergy_classes.csv` that are verified make a finding
critical, drafts and cross-reactions between classes only warn. So does a drug that the patient tolerated before, an
intolerance (nausea, itching), an allergy only suspected, and a prescription.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.allergens import (
    SECTION,
    Allergy,
    AllergyStatements,
    allergy_statements,
    cue,
    stated_allergies,
)
from edscribe_pipelines.clinical.medications.contexts import status_of
from edscribe_pipelines.clinical.medications.mentions import dose_mentions
from edscribe_pipelines.clinical.medications.names import DrugMention, drug_mentions
from edscribe_pipelines.clinical.reading.clauses import clause_after, clause_before
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Encounter, Finding, Severity
from edscribe_pipelines.tables import read_table, table_cache

__all__ = ["check_allergies", "stated_allergies"]

_ITSELF = "(the drug itself)"
_CONTRADICTION = "The project's rule: one note, one answer on allergies"
_GIVEN_IN = {
    None,
    "ED Course & Procedures",
    "Labs & Imaging",
    "Medical Decision Making",
    "Physical Examination",
    "Disposition",
}
_NOT_SAID_TO_HAPPEN = {"negated", "family", "planned", "hypothetical", "uncertain", "historical"}
_WORDS_TO_VERB = 40


class _Rows(NamedTuple):
    """`classes` of a drug and `crossing` of a class, each with whether its row is verified, and its citation."""

    classes: dict[str, dict[str, tuple[bool, str]]]
    crossing: dict[str, dict[str, str]]
    itself: str


class _Conflict(NamedTuple):
    """Of a drug with an allergy; `is_sure` where it alone makes a critical finding."""

    is_sure: bool
    how: str
    citation: str


def check_allergies(note: ParsedNote, facts: Encounter | None = None) -> list[Finding]:
    """Return a finding for each drug given against a stated allergy, and for allergies both denied and stated.

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
        status = _status(note, mention) if note.section_at(mention.start) in _GIVEN_IN else None
        if status:
            reported.add(mention.drug)
            is_sure = conflict.is_sure and status == "given" and not cue("tolerated").search(note.text)
            severity: Severity = "critical" if is_sure else "warning"
            yield _conflict(mention, conflict, "information" if mention.drug in confirmed else severity, status)


def _gravest(drug: str, allergies: Iterable[Allergy]) -> _Conflict | None:
    conflicts = [conflict for allergy in allergies if (conflict := _conflict_of(drug, allergy))]
    return max(conflicts, key=lambda conflict: conflict.is_sure, default=None)


def _conflict_of(drug: str, allergy: Allergy) -> _Conflict | None:
    is_sure = allergy.is_plain and not allergy.is_intolerance
    rows, allergen = _rows(), allergy.allergen
    own, others = rows.classes.get(drug, {}), {allergen, *rows.classes.get(allergen, {})}
    if drug == allergen:
        is_verified, citation = own.get(drug, (True, rows.itself))
        return _Conflict(is_sure and is_verified, "the drug of a stated allergy", citation)
    shared = [own[name] for name in own if name in others]
    if shared:
        is_verified, citation = max(shared)
        return _Conflict(is_sure and is_verified, "of the class of a stated allergy", citation)
    crossing = [citation for name in others for each, citation in rows.crossing.get(name, {}).items() if each in own]
    return _Conflict(False, "of a class that may cross-react with a stated allergy", crossing[0]) if crossing else None


def _status(note: ParsedNote, mention: DrugMention) -> str | None:
    """Return "given" or "prescribed", None where the note says neither of the drug."""
    doses = note.of(dose_mentions)
    place = bisect_left(doses, mention.end, key=lambda dose: dose.end)
    dose = doses[place] if place < len(doses) and doses[place].start <= mention.start else None
    if dose:
        return {"ed": "given", "discharge": "prescribed"}.get(dose.status)
    if note.context(mention.start, mention.end) & _NOT_SAID_TO_HAPPEN:
        return None
    status = status_of(note, mention.start, mention.end, "unstated")
    before, after = clause_before(note.text, mention.start), clause_after(note.text, mention.end)
    near, behind = before[-_WORDS_TO_VERB:], after[:_WORDS_TO_VERB]
    if status == "ed" and (cue("given").search(near) or cue("given").search(behind)):
        return "given"
    return "prescribed" if status == "discharge" and cue("prescribed").search(before) else None


def _conflict(mention: DrugMention, conflict: _Conflict, severity: Severity, status: str) -> Finding:
    return Finding(
        rule="allergy.conflict",
        severity=severity,
        section=None,
        start=mention.start,
        end=mention.end,
        message=f"{mention.drug.capitalize()} was {status}, {conflict.how}.",
        citation=conflict.citation,
    )


def _contradictions(note: ParsedNote, said: AllergyStatements) -> Iterator[Finding]:
    """Yield the first place where the Allergies section and the rest of the note disagree on whether there is one."""
    listed = [allergy for allergy in said.allergies if note.section_at(allergy.start) == SECTION]
    told = [allergy for allergy in said.allergies if note.section_at(allergy.start) != SECTION]
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


@table_cache
def _rows() -> _Rows:
    rows = _Rows({}, {}, "")
    for row in read_table("allergy_classes.csv"):
        citation = f"{row['source']} ({row['year']})"
        if row["class"] == _ITSELF:
            rows = rows._replace(itself=citation)
        elif row["cross_class"]:
            rows.crossing.setdefault(row["class"], {})[row["cross_class"]] = citation
        else:
            rows.classes.setdefault(row["member"], {})[row["class"]] = (row["status"] == "verified", citation)
    return rows

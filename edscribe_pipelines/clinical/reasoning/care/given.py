"""A drug that was given although the note tells what speaks against it: rows of `tables/care_given_although.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.medications.mentions import dose_mentions
from edscribe_pipelines.clinical.medications.names import DrugMention, drug_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.care.situations import asked, is_explained, situation_of
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.tables import read_table, table_cache

_GIVEN_IN = {None, "ED Course & Procedures", "Medical Decision Making"}
_GIVEN = re.compile(
    r"\b(?:given|gave|receiv\w+|administered|started|pushed|bolus\w*|drip|gtt|infus\w+|IVP?|IM|SL|drops|applied)\b",
    re.I,
)
_NOT_GIVEN = re.compile(
    r"\b(?:avoid\w*|held|hold|withheld|contraindicat\w+|instead|rather|stopp\w+|declin\w+|refus\w+|allerg\w+|not|no|"
    r"home|daily|EMS|discontinu\w+|consider\w*|last|ago)\b",
    re.I,
)


def given_although(note: ParsedNote) -> Iterator[Finding]:
    """Yield a finding for each row whose situation and drug the note tells, at the drug."""
    drugs = {mention.drug for mention in note.of(drug_mentions)}
    by_drug = _rows_by_drug()
    numbers = {number for drug in drugs & by_drug.keys() for number in by_drug[drug]}
    for row in (_rows()[number] for number in sorted(numbers)):
        if situation_of(note, row) and not is_explained(note, row) and (given := _given(note, row["drugs"])):
            yield asked(note, row, given)


def _given(note: ParsedNote, drugs: str) -> Place | None:
    named = set(drugs.split(";"))
    mentions = [mention for mention in note.of(drug_mentions) if mention.drug in named]
    return next((mention[1:] for mention in mentions if _is_given(note, mention)), None)


def _is_given(note: ParsedNote, mention: DrugMention) -> bool:
    """Whether the mention is of a dose of this visit, or of a drug that its sentence plainly says was given."""
    place = mention.start, mention.end
    if note.section_at(mention.start) not in _GIVEN_IN or note.context(*place):
        return False
    dose = next((each for each in note.of(dose_mentions) if each.start <= mention.start < each.end), None)
    if dose:
        return dose.status == "ed"
    sentence = note.sentence_at(mention.start)
    said = note.text[sentence.start : sentence.end]
    return _GIVEN.search(said) is not None and not _NOT_GIVEN.search(said)


@table_cache
def _rows() -> list[dict[str, str]]:
    return read_table("care_given_although.csv")


@table_cache
def _rows_by_drug() -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    for number, row in enumerate(_rows()):
        for drug in row["drugs"].split(";"):
            numbers.setdefault(drug, []).append(number)
    return numbers

"""The words of allergies: cues (`tables/allergy_cues.csv`), and drugs and classes (`tables/allergy_names.csv`) that a
text names."""

from __future__ import annotations

import re
from bisect import bisect_left

from edscribe_pipelines.clinical.medications.names import DrugMention, drug_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache


def cue(kind: str) -> re.Pattern[str]:
    """Return the pattern of all cues of a kind in `tables/allergy_cues.csv`."""
    return _cues()[kind]


def drugs_and_classes(note: ParsedNote, start: int, end: int) -> list[DrugMention]:
    """Return what note.text[start:end] names, in order; a class only where no drug's name stands."""
    drugs = note.of(drug_mentions)
    place = bisect_left(drugs, start, key=lambda drug: drug.start)
    found: list[DrugMention] = []
    while place < len(drugs) and drugs[place].end <= end:
        found.append(drugs[place])
        place += 1
    taken = {at for drug in found for at in range(drug.start, drug.end)}
    for match in _class_pattern().finditer(note.text, start, end):
        if match.start() not in taken:
            found.append(DrugMention(_class_names()[match[0].lower()], *match.span()))
    return sorted(found, key=lambda drug: drug.start)


@table_cache
def _class_names() -> dict[str, str]:
    rows = read_table("allergy_names.csv")
    return {name.lower(): row["class"] for row in rows for name in (row["class"], *row["synonyms"].split(";"))}


@table_cache
def _class_pattern() -> re.Pattern[str]:
    longest_first = sorted(_class_names(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.I | re.A)


@table_cache
def _cues() -> dict[str, re.Pattern[str]]:
    kinds: dict[str, list[str]] = {}
    for row in read_table("allergy_cues.csv"):
        kinds.setdefault(row["kind"], []).append(row["pattern"])
    return {kind: re.compile("|".join(patterns), re.I) for kind, patterns in kinds.items()}

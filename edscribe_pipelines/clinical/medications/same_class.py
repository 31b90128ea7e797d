"""Two drugs of one class that are not given beside one another: rows of `tables/duplicate_classes.csv`.

Both must be prescribed, ordered here or taken at home. What replaces the other, or is kept for when the other fails, is
no second one: the sentences of the two say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_SETTINGS = {"ed": "ordered", "discharge": "prescribed", "home": "taken"}
_ON_THE_SURFACE = {"TOPICAL", "EYE", "EAR", "NEB", "IN", "VAGINA"}
_BEHIND = 30
_FARTHEST = 400
"""Characters between two drugs within which the words between may explain them."""
_EXPLAINS = re.compile(
    r"\b(?:or|then|instead|stop\w*|switch\w*|chang\w+|hold\w*|held|avoid\w*|discontinu\w+|d/c|bridg\w+|in place of|"
    r"rather than|convert\w*|transition\w*|replac\w+|rotat\w+|taper\w*|alternat\w+|until|unless|if|not|no|flush\w*|"
    r"followed by|resum\w+|last (?:dose|taken)|previous\w*|trial of|fail\w+|after|when|other|max\w*|step)\b|->|→",
    re.I,
)


class Duplicate(NamedTuple):
    """The second of two drugs, and the row of their class."""

    dose: DoseMention
    row: dict[str, str]


def same_class_twice(note: ParsedNote) -> Iterator[Duplicate]:
    """Yield a drug for each class of which another is told in the same setting."""
    groups: dict[tuple[str, str], list[DoseMention]] = {}
    for dose in note.of(dose_mentions):
        for row in _rows().get(dose.drug, ()):
            setting = _setting(note, dose)
            if setting in row["settings"].split(";") and _is_meant(note, dose, row):
                groups.setdefault((row["class"], setting), []).append(dose)
    for (name, _), doses in groups.items():
        if len(doses) > 1 and (second := _second(note, doses)):
            yield Duplicate(second, next(row for row in _rows()[second.drug] if row["class"] == name))


def _setting(note: ParsedNote, dose: DoseMention) -> str:
    if dose.status in ("ed", "home") and note.section_at(dose.start) == "Disposition":
        return "prescribed"
    return _SETTINGS.get(dose.status, "")


def _is_meant(note: ParsedNote, dose: DoseMention, row: dict[str, str]) -> bool:
    if dose.route in _ON_THE_SURFACE:
        return False
    said = note.text[dose.start : dose.end + _BEHIND]
    return not row["wording"] or re.search(row["wording"], said, re.I) is not None


def _second(note: ParsedNote, doses: Sequence[DoseMention]) -> DoseMention | None:
    return next(
        (two for one, two in pairwise(doses) if one.drug != two.drug and not _is_explained(note, one, two)), None
    )


def _is_explained(note: ParsedNote, one: DoseMention, two: DoseMention) -> bool:
    first, last = note.sentence_at(one.start), note.sentence_at(two.start)
    if last.start - first.end > _FARTHEST:
        return any(_EXPLAINS.search(note.text, each.start, each.end) for each in (first, last))
    return _EXPLAINS.search(note.text, first.start, last.end) is not None


@table_cache
def _rows() -> dict[str, tuple[dict[str, str], ...]]:
    """Return the rows by drug."""
    rows: dict[str, tuple[dict[str, str], ...]] = {}
    for row in read_table("duplicate_classes.csv"):
        for drug in row["drugs"].split(";"):
            rows[drug] = (*rows.get(drug, ()), row)
    return rows

"""Chief complaints and the diagnoses that nobody may miss behind them.

Rows of `tables/complaints.csv` (wording, and how many of its diagnoses a note should address at least) and
`tables/rule_outs.csv`. A diagnosis is asked for only of the patients in whom it is possible: sex, age, and
what the note says of `applies_if` and `not_if`. What is not known excludes nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.clinical.reasoning.vocabulary import names_in
from edscribe_pipelines.tables import forgotten_with_tables, read_table, table_cache

_OLDEST = 120


@dataclass(frozen=True)
class CannotMiss:
    """`synonyms` name the diagnosis, `names` what was done because of it, too. One `to_be_weighed` is named by a
    decision making that weighs others of its complaint: a test alone does not tell that it was thought of."""

    diagnosis: str
    synonyms: tuple[str, ...]
    names: frozenset[str]
    applies_if: tuple[str, ...]
    not_if: tuple[str, ...]
    sex: str
    ages: tuple[int, int] | None
    is_mandatory: bool
    to_be_weighed: bool
    is_verified: bool
    citation: str


@dataclass(frozen=True)
class Complaint:
    name: str
    minimum: int
    diagnoses: tuple[CannotMiss, ...]


@forgotten_with_tables
@lru_cache(maxsize=256)
def complaints_in(chief_complaint: str) -> tuple[Complaint, ...]:
    """Return the complaints that a chief complaint names, in the order of the table."""
    complaints, wording = _complaints()
    return tuple(complaints[number] for number in sorted(wording.keys_in(chief_complaint)))


@table_cache
def _complaints() -> tuple[list[Complaint], PatternSet[int]]:
    diagnoses: dict[str, list[CannotMiss]] = {}
    for row in read_table("rule_outs.csv"):
        diagnoses.setdefault(row["complaint"], []).append(_cannot_miss(row))
    rows = read_table("complaints.csv")
    complaints = [
        Complaint(row["complaint"], int(row["minimum"]), tuple(diagnoses.get(row["complaint"], ()))) for row in rows
    ]
    return complaints, PatternSet((number, row["pattern"]) for number, row in enumerate(rows))


def _cannot_miss(row: dict[str, str]) -> CannotMiss:
    synonyms = (row["diagnosis"], *names_in(row["synonyms"]))
    return CannotMiss(
        diagnosis=row["diagnosis"],
        synonyms=synonyms,
        names=frozenset(synonyms + names_in(row["tests"])),
        applies_if=names_in(row["applies_if"]),
        not_if=names_in(row["not_if"]),
        sex=row["sex"],
        ages=(int(row["age_low"] or 0), int(row["age_high"] or _OLDEST)) if row["age_low"] or row["age_high"] else None,
        is_mandatory=row["mandatory"] == "yes",
        to_be_weighed=row["weighed"] == "yes",
        is_verified=row["status"] == "verified",
        citation=cited(row),
    )

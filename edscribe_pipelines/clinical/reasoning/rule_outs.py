"""Can't-miss diagnoses of a chief complaint that the note does not address.

Rows of `tables/complaints.csv` and `tables/rule_outs.csv`. The finding stands beside the note for the
physician; nothing is ever written into the note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edscribe_pipelines.clinical.reading.note import section_spans, split_sections
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines.clinical.tables import read_table, table_cache

_ADDRESSED_IN = (
    "History of Present Illness",
    "Physical Examination",
    "ED Course & Procedures",
    "Labs & Imaging",
    "Medical Decision Making",
    "Disposition",
)


@dataclass(frozen=True)
class CannotMiss:
    """`sex` is the only one in whom the diagnosis is possible, else empty."""

    diagnosis: str
    addressed_by: re.Pattern[str]
    applies_if: re.Pattern[str]
    sex: str
    citation: str


@table_cache
def cannot_miss() -> tuple[tuple[str, re.Pattern[str], tuple[CannotMiss, ...]], ...]:
    """Return (complaint, its wording, its diagnoses)."""
    diagnoses: dict[str, list[CannotMiss]] = {}
    for row in read_table("rule_outs.csv"):
        diagnoses.setdefault(row["complaint"], []).append(
            CannotMiss(
                row["diagnosis"],
                _any_of([*row["diagnosis"].split("/"), *row["addressed_by"].split(";")]),
                re.compile(row["applies_if"], re.I),
                row["sex"],
                f"{row['source']} ({row['year']})",
            )
        )
    return tuple(
        (row["complaint"], re.compile(row["pattern"], re.I), tuple(diagnoses[row["complaint"]]))
        for row in read_table("complaints.csv")
    )


def _any_of(names: list[str]) -> re.Pattern[str]:
    """Short names in capitals ("PE", "K") are whole words in that case; longer ones may be inflected."""
    return re.compile("|".join(_name(name.strip()) for name in names if name.strip()))


def _name(name: str) -> str:
    escaped = re.escape(name)
    return rf"\b{escaped}\b" if len(name) <= 4 else rf"(?i:\b{escaped})"


def check_rule_outs(
    note: str, chief_complaint: str | None = None, sex: str | None = None, *, source_holds_reasoning: bool = True
) -> list[Finding]:
    """Return one finding for each matching complaint with diagnoses that the note does not address.

    `chief_complaint` is the recorded one, by default the note's own. The finding warns where the note
    reasons about the patient; it is information where its decision making or its source holds none.
    """
    contents = split_sections(note)
    complaint = chief_complaint or contents.get("Chief Complaint", "")
    reasons = contents.get("Medical Decision Making", NOT_DOCUMENTED) != NOT_DOCUMENTED
    text = "\n".join(contents.get(section, "") for section in _ADDRESSED_IN)
    start, end = _place(note)
    findings = []
    for name, wording, diagnoses in cannot_miss():
        if not wording.search(complaint):
            continue
        missing = [diagnosis for diagnosis in diagnoses if _is_missing(diagnosis, text, sex)]
        if missing:
            findings.append(
                Finding(
                    rule=f"rule_out.{name.replace(' ', '_')}",
                    severity="warning" if reasons and source_holds_reasoning else "information",
                    section="Medical Decision Making",
                    start=start,
                    end=end,
                    message=f"Not addressed for {name}: {'; '.join(each.diagnosis for each in missing)}.",
                    citation="; ".join(dict.fromkeys(each.citation for each in missing)),
                )
            )
    return findings


def _place(note: str) -> tuple[int | None, int | None]:
    spans = (span for span in section_spans(note) if span.section == "Medical Decision Making")
    return next(((span.start, span.end) for span in spans), (None, None))


def _is_missing(diagnosis: CannotMiss, text: str, sex: str | None) -> bool:
    if diagnosis.sex and sex and diagnosis.sex != sex:
        return False
    return bool(diagnosis.applies_if.search(text)) and not diagnosis.addressed_by.search(text)

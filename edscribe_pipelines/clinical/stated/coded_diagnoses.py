"""Diagnoses that a note states with their ICD code."""

from __future__ import annotations

import re
from typing import Literal

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.records import Diagnosis

_TEN = r"[A-TV-Z]\d[0-9A-Z]"
_NINE = r"[0-9VE]\d{2,3}(?:\.\d{1,2})?"
_TAG = r"ICD[ -]?(?P<version>9|10)?(?:[ -]?CM)?(?:[ \t]+code)?[ \t]*[:#]?[ \t]*"
_CODE = re.compile(
    rf"(?<![\w.])(?:{_TAG}(?P<tagged>{_TEN}(?:\.[0-9A-Z]{{1,4}})?|{_NINE})|(?P<ten>{_TEN}\.[0-9A-Z]{{1,4}}))"
    r"(?![\w.]*\w)"
)
"""Without the word ICD a code counts only with its dot: "T12" is a vertebra."""
_TOLD_IN = {None, "Medical Decision Making", "Disposition"}
_NO_DIAGNOSIS = re.compile(
    r"\b(?:history of|h/o|hx|ruled? out|r/o|versus|vs|possible|unlikely|less likely|doubt\w*|no evidence|family)\b",
    re.I,
)
_CLAUSE = re.compile(r"(?:[^.\n;]|[.](?!\s))+")
_AROUND_TITLE = " \t\r.,:;-–()[]*•#/|"


def coded_diagnoses(note: str) -> list[Diagnosis]:
    """Return them in the order of the note: one a clause, its title what else the clause says."""
    found: dict[str, Diagnosis] = {}
    for clause in _CLAUSE.finditer(note):
        codes = list(_CODE.finditer(clause[0]))
        if len(codes) != 1 or _NO_DIAGNOSIS.search(clause[0]):
            continue
        if parse_note(note).section_at(clause.start() + codes[0].start()) in _TOLD_IN:
            diagnosis = _diagnosis(clause[0], codes[0], len(found) + 1)
            if diagnosis["title"]:
                found.setdefault(diagnosis["code"], diagnosis)
    return list(found.values())


def _diagnosis(clause: str, code: re.Match[str], rank: int) -> Diagnosis:
    stated = code["ten"] or code["tagged"]
    system: Literal["icd9", "icd10"] = "icd10" if re.match(_TEN, stated) and code["version"] != "9" else "icd9"
    return {"rank": rank, "code": stated.replace(".", ""), "system": system, "title": _title(clause, code)}


def _title(clause: str, code: re.Match[str]) -> str:
    before = re.sub(r"^\s*(?:\d{1,2}[.)]|[^:\n]{1,40}:)\s*", "", clause[: code.start()]).strip(_AROUND_TITLE)
    before = before.removeprefix(code["ten"] or code["tagged"]).strip(_AROUND_TITLE)
    return before or clause[code.end() :].strip(_AROUND_TITLE)

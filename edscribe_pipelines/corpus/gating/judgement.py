"""The verdict of the five gates of the plan on one text: sections, guardrails, decision making, disposition, PHI."""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple, get_args

import orjson

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.records import DeidentifiedNote, Finding, Tier, Verdict
from edscribe_pipelines.deidentify.checking.gate import phi_findings
from edscribe_pipelines.tables import site_version

Gate = Literal["sections", "guardrails", "decision_making", "disposition", "phi"]
GATES: tuple[Gate, ...] = get_args(Gate)

_FROM_FACTS_ALONE: tuple[Tier, ...] = ("drafted", "rendered")

CRITICAL = "critical_finding"
"""The reason against a case with a critical finding that none of its gates is about."""


class Judgement(NamedTuple):
    """`findings` are those of the clinical rules and of the PHI gate."""

    gates: dict[Gate, Verdict]
    findings: list[Finding]

    @property
    def is_critical(self) -> bool:
        return any(finding["severity"] == "critical" for finding in self.findings)

    @property
    def reasons(self) -> list[str]:
        """Why the case stays out of the corpus; empty where it may enter."""
        failed = [f"gate_{gate}" for gate in GATES if self.gates[gate] == "fail"]
        return failed or ([CRITICAL] if self.is_critical else [])


_MOST_REMEMBERED = 20_000
_remembered: dict[bytes, Judgement] = {}


def judge(prompt: str, note: str, tier: Tier, facts: DeidentifiedNote) -> Judgement:
    """Return what the gates say of a training pair about the stay of `facts`, whose stand-ins are no identifiers.

    A pair that is read back as it was judged in this process, byte for byte and by the same rules, is not judged twice.
    """
    pair = orjson.dumps([prompt, note, tier, facts, site_version()])
    key = hashlib.sha256(pair).digest()
    if key not in _remembered:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = _judged(prompt, note, tier, facts)
    return _remembered[key]


def _judged(prompt: str, note: str, tier: Tier, facts: DeidentifiedNote) -> Judgement:
    report = check_note(note, facts, rendered=tier in _FROM_FACTS_ALONE, by_template=tier == "rendered")
    identifying = [_phi_finding(rule) for rule in phi_findings(f"{prompt}\n{note}", [], facts["stand_ins"])]
    return Judgement(
        {
            "sections": report.gates["sections"],
            "guardrails": report.gates["guardrails"],
            "decision_making": report.gates["decision_making"],
            "disposition": report.gates["disposition"],
            "phi": "fail" if identifying else "pass",
        },
        [*report.findings, *identifying],
    )


def _phi_finding(rule: str) -> Finding:
    return {
        "rule": f"phi.{rule}",
        "severity": "critical",
        "section": None,
        "start": None,
        "end": None,
        "message": "Prompt or note holds the shape of an identifier.",
        "citation": "45 CFR 164.514(b)(2) (2013)",
    }

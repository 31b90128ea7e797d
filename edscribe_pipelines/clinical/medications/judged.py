"""What a finding about a dose says, and what becomes of it once a physician has confirmed the dose.

Only the structured fact confirms: words of a note could have been written by a model. A confirmed dose passes, marked,
because to keep true but extreme doses out of the corpus would bias what is taught.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.gross import gross_citation
from edscribe_pipelines.clinical.medications.home_doses import home_doses
from edscribe_pipelines.clinical.medications.limits import ANY_DOSED_IN_MG, LIKELY_HEAVIEST_KG, Amount, in_base
from edscribe_pipelines.clinical.medications.mentions import DoseMention
from edscribe_pipelines.clinical.medications.routes import WrongRoute
from edscribe_pipelines.clinical.medications.selection import Excess, Patient
from edscribe_pipelines.clinical.medications.words import drugs_in
from edscribe_pipelines.clinical.records import ConfirmedDose, Finding, Severity

_AMOUNTS = {"single": "dose", "total": "total over the ED course", "rate": "rate"}

_LIKELY_UNIT = "This project's rule: a dose a thousandth of the usual one is written in the wrong unit (2026)"

_UNREAD = "This project's rule: a dose that cannot be held to a limit is asked for (2026)"


class Judged(NamedTuple):
    """A finding, and the amount that a physician would have to confirm."""

    drug: str
    amount: Amount
    finding: Finding


def judged_excess(dose: DoseMention, excess: Excess, patient: Patient) -> Judged:
    if excess.gross is not None and not excess.figure.blocks:
        return _judged_gross(dose, excess)
    if excess.limit.drug == ANY_DOSED_IN_MG:
        kind, said = "written", f"dose written in mcg above {excess.figure.said} of a drug that is dosed in mg"
    else:
        kind = excess.figure.kind
        said = f"{_AMOUNTS[kind]} above {excess.figure.said} ({_conditions(excess, patient)})"
    severity: Severity = "critical" if excess.figure.blocks else "warning"
    return _judged(dose, kind, said, severity, excess.limit.citation, excess.amount)


def _judged_gross(dose: DoseMention, excess: Excess) -> Judged:
    kind = excess.figure.kind
    said = f"{_AMOUNTS[kind]} more than {excess.gross:g} times the widest limit of any use of the drug"
    return _judged(dose, "gross", said, "critical", gross_citation(kind, dose.drug), excess.amount)


def judged_route(dose: DoseMention, wrong: WrongRoute) -> Judged:
    amount = in_base(dose.amount, dose.unit, dose.per)
    return _judged(dose, "route", wrong.said, wrong.severity, wrong.citation, amount)


def judged_unit(dose: DoseMention) -> Judged:
    said = "under a five-hundredth of the widest limit, likely in the wrong unit"
    return _judged(dose, "unit", said, "critical", _LIKELY_UNIT, in_base(dose.amount, dose.unit, dose.per))


def judged_home_dose(dose: DoseMention) -> Judged:
    said = "nobody takes so much or so little at once, likely in the wrong unit"
    citation = home_doses()[dose.drug].citation
    return _judged(dose, "home_unit", said, "warning", citation, in_base(dose.amount, dose.unit, dose.per))


def judged_unread(dose: DoseMention) -> Judged:
    said = "the volume tells no dose without its concentration"
    return _judged(dose, "unread", said, "warning", _UNREAD, Amount(dose.amount, dose.unit, False))


def unless_confirmed(judged: Judged, confirmed: Iterable[ConfirmedDose]) -> Finding:
    """Return the finding, as information where it is critical and about a dose that a physician confirmed."""
    finding = judged.finding
    if finding["severity"] != "critical" or not any(_is_about(judged, dose) for dose in confirmed):
        return finding
    message = f"{finding['message'].removesuffix('.')}, confirmed by a physician."
    return {**finding, "rule": _rule(judged.drug, "confirmed"), "severity": "information", "message": message}


def _conditions(excess: Excess, patient: Patient) -> str:
    """Return what the limit holds for: "IM, even for anaphylaxis" where the note gives no such reason."""
    indication = excess.limit.indication
    said = ", ".join(sorted(excess.limit.routes))
    if indication != "any":
        even = "" if indication in patient.indications.stated else "even for "
        said += f", {even}{indication.replace('_', ' ')}"
    if excess.figure.per_kg and not excess.amount.per_kg and patient.weight_kg is None:
        said += f", even at {LIKELY_HEAVIEST_KG:g} kg"
    return said


def _judged(dose: DoseMention, kind: str, said: str, severity: Severity, citation: str, amount: Amount) -> Judged:
    finding = Finding(
        rule=_rule(dose.drug, kind),
        severity=severity,
        section=None,
        start=dose.start,
        end=dose.end,
        message=f"{dose.drug.capitalize()}: {said}.",
        citation=citation,
    )
    return Judged(dose.drug, amount, finding)


def _rule(drug: str, kind: str) -> str:
    return f"dose.{drug.replace(' ', '_')}.{kind}"


def _is_about(judged: Judged, dose: ConfirmedDose) -> bool:
    amount = in_base(dose["amount"], dose["unit"])
    same_amount = amount.unit == judged.amount.unit and round(amount.value - judged.amount.value, 6) == 0
    return same_amount and not judged.amount.per_kg and _generic(dose["name"]) == judged.drug


def _generic(name: str) -> str:
    return next((drug for drug, *_ in drugs_in(name)), name.casefold())

"""Doses that a note says were given or ordered in the ED, held to limits and routes. Adults only.

Judged are the single dose, also by weight, the rate of an infusion, the total over the ED course, the route and the
unit. Every finding about a dose is made here, and its citation from the row that it goes by.

An extreme dose that a physician confirmed is information: to keep true but extreme doses out of the corpus would bias
what is taught. Only the structured fact confirms, because words of a note could have been written by a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.by_weight import Miscalculated, miscalculated_doses
from edscribe_pipelines.clinical.medications.contexts import HISTORY_SECTIONS
from edscribe_pipelines.clinical.medications.course import GivenDose, excess_of_total, given_dose
from edscribe_pipelines.clinical.medications.daily.most_of_day import (
    DailyExcess,
    daily_excesses,
    daily_limits,
    excess_of_given,
)
from edscribe_pipelines.clinical.medications.daily.too_often import TooOften, taken_too_often
from edscribe_pipelines.clinical.medications.excess import Excess, excess_of, is_likely_thousandth, is_unread
from edscribe_pipelines.clinical.medications.fluids import FluidExcess, fluid_excesses
from edscribe_pipelines.clinical.medications.home_doses import TAKEN, home_doses, is_likely_wrong_unit, is_surely_wrong
from edscribe_pipelines.clinical.medications.indications import (
    Patient,
    is_of_overdose,
    is_of_what_was_taken,
    patient_of,
    with_reason_at,
)
from edscribe_pipelines.clinical.medications.limits import (
    ANY_DOSED_IN_MG,
    LIKELY_HEAVIEST_KG,
    dose_limits,
    indications_of_limits,
    limits_of,
)
from edscribe_pipelines.clinical.medications.mentions import DoseMention, Status, dose_mentions
from edscribe_pipelines.clinical.medications.names import drugs_in
from edscribe_pipelines.clinical.medications.quantities import Quantity, in_base
from edscribe_pipelines.clinical.medications.reasons import too_little, without_reason
from edscribe_pipelines.clinical.medications.routes import has_routes, wrong_route
from edscribe_pipelines.clinical.medications.same_class import Duplicate, same_class_twice
from edscribe_pipelines.clinical.medications.undosed import undosed_routes
from edscribe_pipelines.clinical.medications.unread import doses_without_unit, high_alert_row, unread_doses
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import ConfirmedDose, Encounter, Finding, Severity

_JUDGED: set[Status] = {"ed", "elsewhere", "discharge"}
"""What others gave and what is prescribed is held to gross errors alone."""
_AMOUNTS = {"single": "dose", "total": "total over the ED course", "rate": "rate"}
_OWN = "This project's rule"
_OWN_RULES: dict[str, tuple[Severity, str, dict[str, str]]] = {
    "unit": (
        "critical",
        "under a five-hundredth of the widest limit, likely in the wrong unit",
        {"source": f"{_OWN}: a dose a thousandth of the usual one is written in the wrong unit", "year": "2026"},
    ),
    "unit_kind": (
        "critical",
        "told in mass, a drug that is dosed in units alone",
        {"source": f"{_OWN}: what a dose in mass comes to in units nobody can tell at the bedside", "year": "2026"},
    ),
    "unread": (
        "warning",
        "the volume tells no dose without its concentration",
        {"source": f"{_OWN}: a dose that cannot be held to a limit is asked for", "year": "2026"},
    ),
    "weight": (
        "critical",
        "the amount is not what the dose per kg or the volume beside it makes",
        {"source": f"{_OWN}: a calculation that does not come out has an error in one of its figures", "year": "2026"},
    ),
    "unreadable": (
        "warning",
        "a dose is written that cannot be read",
        {"source": f"{_OWN}: a dose that was seen and could not be read is asked for", "year": "2026"},
    ),
}
"""By the kind of finding: severity, what it says, and the row that it cites."""


class _Judged(NamedTuple):
    """What is wrong with a dose, by which row of a table; `quantity` is what a physician would have to confirm."""

    dose: DoseMention
    kind: str
    severity: Severity
    said: str
    row: dict[str, str]
    quantity: Quantity


def check_doses(note: ParsedNote, facts: Encounter | None = None) -> list[Finding]:
    """Return a finding for each dose above a limit or by a wrong route, in the order of the note."""
    mentions = note.of(dose_mentions)
    doses = [
        dose.in_mass()
        for dose in mentions
        if dose.status in _JUDGED and _is_known(dose.drug) and not _was_taken(note, dose)
    ]
    judged = list(_judge(note, doses, patient_of(note, facts))) if doses else []
    blocked = {(each.dose.drug, each.dose.start) for each in judged if each.severity == "critical"}
    further = [_home_dose(note, dose) for dose in mentions if is_likely_wrong_unit(dose) and not _was_taken(note, dose)]
    further += [_daily(excess) for excess in daily_excesses(note)]
    further += list(_undosed(note))
    further += [_too_often(each) for each in taken_too_often(note)]
    further += [_duplicate(each) for each in same_class_twice(note)]
    further += [_by_own_rule(dose, "unit_kind") for dose in mentions if _is_of_another_kind(dose)]
    further += [_miscalculated(each) for each in miscalculated_doses(note)]
    further += [_fluid(excess) for excess in fluid_excesses(note)]
    further += [_by_own_rule(dose, "unreadable") for dose in note.of(unread_doses) if _is_asked_for(dose)]
    further += list(_without_unit(note))
    judged += [each for each in further if (each.dose.drug, each.dose.start) not in blocked]
    judged_at = {each.dose.start for each in judged}
    judged += [each for each in _by_reason(note) if each.dose.start not in judged_at]
    confirmed = facts["confirmed_doses"] if facts else []
    return [_finding(each, confirmed) for each in sorted(judged, key=lambda each: each.dose.start)]


def _is_known(drug: str) -> bool:
    return drug in dose_limits() or has_routes(drug)


def _was_taken(note: ParsedNote, dose: DoseMention) -> bool:
    """Whether it is what a patient took too much of: more than anybody takes, told so."""
    usual = home_doses().get(dose.drug) if dose.route in ("PO", "unstated") and dose.per is None else None
    if usual is None or dose.unit not in ("mg", "g") or dose.quantity.value <= usual.high:
        return False
    return is_of_what_was_taken(note, dose.start, dose.end)


def _is_asked_for(dose: DoseMention) -> bool:
    return dose.status in _JUDGED | TAKEN and dose.drug in dose_limits()


def _judge(note: ParsedNote, doses: list[DoseMention], patient: Patient) -> Iterator[_Judged]:
    """Yield what each dose is, then the total of each drug; a dose that blocks by itself is not summed."""
    to_sum: dict[str, list[GivenDose]] = {}
    found_at: set[int] = set()
    for dose in doses:
        reasons = indications_of_limits(dose.drug)
        excess = excess_of(dose, with_reason_at(note, dose.start, patient, reasons))
        yield from _judge_one(note, dose, excess, patient)
        if dose.status != "ed" or is_unread(dose):
            continue
        if excess:
            found_at.add(dose.start)
        has_total = limits_of(dose.drug, "total") or dose.drug in daily_limits()
        may_be_summed = not dose.is_rate and has_total and not (excess and excess.blocks)
        if may_be_summed and (given := given_dose(note, dose, patient.weight_kg)):
            to_sum.setdefault(dose.drug, []).append(given)
    yield from _judge_totals(to_sum.values(), patient, found_at)


def _judge_one(note: ParsedNote, dose: DoseMention, excess: Excess | None, patient: Patient) -> Iterator[_Judged]:
    if dose.status != "ed":
        if excess and excess.gross:
            yield _excessive(dose, excess, patient)
        if dose.status == "discharge" and (never := wrong_route(note, dose)) and never.severity == "critical":
            yield _Judged(dose, "route", never.severity, never.said, never.row, dose.quantity)
        return
    if is_unread(dose):
        yield _by_own_rule(dose, "unread")
        return
    if wrong := wrong_route(note, dose):
        yield _Judged(dose, "route", wrong.severity, wrong.said, wrong.row, dose.quantity)
    if is_likely_thousandth(dose):
        yield _by_own_rule(dose, "unit")
    if excess:
        yield _excessive(dose, excess, patient)


def _undosed(note: ParsedNote) -> Iterator[_Judged]:
    """Yield the routes without a dose that the drug or its form never takes."""
    for mention in undosed_routes(note):
        wrong = wrong_route(note, mention) if mention.status in ("ed", "discharge") else None
        if wrong and wrong.severity == "critical":
            yield _Judged(mention, "route", wrong.severity, wrong.said, wrong.row, mention.quantity)


def _by_reason(note: ParsedNote) -> Iterator[_Judged]:
    """Yield the doses that ask for a reason, and those that are less than theirs needs."""
    for dose, row in without_reason(note):
        yield _Judged(dose, "reason", "warning", "the note tells no reason for which it is given", row, dose.quantity)
    for dose, row in too_little(note):
        yield _Judged(dose, "little", "warning", "less than is usual for the reason beside it", row, dose.quantity)


def _without_unit(note: ParsedNote) -> Iterator[_Judged]:
    for dose, is_asked_for in doses_without_unit(note):
        if dose.drug in dose_limits():
            severity: Severity = "warning" if is_asked_for else "information"
            yield _Judged(
                dose, "no_unit", severity, "a dose is written without its unit", high_alert_row(), dose.quantity
            )


def _judge_totals(summed: Iterable[Sequence[GivenDose]], patient: Patient, found_at: set[int]) -> Iterator[_Judged]:
    for given in summed:
        judged = _total(given, patient)
        if judged and (judged.severity == "critical" or judged.dose.start not in found_at):
            yield judged


def _total(given: Sequence[GivenDose], patient: Patient) -> _Judged | None:
    """Return what the doses of one drug come to together, held to its total and to the most of a day."""
    exceeded, of_day = excess_of_total(given, patient), excess_of_given(given)
    if of_day and not (exceeded and (exceeded[1].blocks or not of_day.blocks)):
        return _daily(of_day)
    return _excessive(*exceeded, patient) if exceeded else None


def _excessive(dose: DoseMention, excess: Excess, patient: Patient) -> _Judged:
    kind, figure, row = excess.figure.kind, excess.figure, excess.limit.row
    severity: Severity = "critical" if excess.blocks else "warning"
    if excess.gross and not figure.blocks:
        of = "of the reasons given" if excess.gross["kind"].endswith("reason") else "of any use of the drug"
        said = f"{_AMOUNTS[kind]} more than {excess.gross['factor']} times the widest limit {of}"
        return _Judged(dose, "gross", severity, said, excess.gross, excess.quantity)
    if excess.limit.drug == ANY_DOSED_IN_MG:
        said = f"dose written in mcg above {figure.said} of a drug that is dosed in mg"
        return _Judged(dose, "written", severity, said, row, excess.quantity)
    said = f"{_AMOUNTS[kind]} above {figure.said} ({_conditions(excess, patient)})"
    return _Judged(dose, kind, severity, said, row, excess.quantity)


def _conditions(excess: Excess, patient: Patient) -> str:
    """Return what the limit holds for: "IM, even for anaphylaxis" where the note gives no such reason."""
    indication = excess.limit.indication
    said = ", ".join(sorted(excess.limit.routes))
    if indication != "any":
        even = "" if indication in patient.indications.stated else "even for "
        said += f", {even}{indication.replace('_', ' ')}"
    if excess.figure.per_kg and not excess.quantity.per_kg and patient.weight_kg is None:
        said += f", even at {LIKELY_HEAVIEST_KG:g} kg"
    return said


def _daily(excess: DailyExcess) -> _Judged:
    taken, amount, limit, blocks = excess
    dose = DoseMention(taken.drug, amount, limit.unit, 1, True, "PO", taken.start, taken.end)
    most = f"{float(limit.row['daily']):g} {limit.row['unit']}"
    said = f"comes to more than {most} in a day"
    if blocks:
        said += f", by a factor above {limit.factor:g}"
    return _Judged(dose, "day", "critical" if blocks else "warning", said, limit.row, dose.quantity)


def _too_often(each: TooOften) -> _Judged:
    taken, row = each.taken, each.row
    dose = DoseMention(taken.drug, taken.least, taken.unit, 1, False, "PO", taken.start, taken.end)
    said = f"more often than every {row['hours']} hours"
    return _Judged(dose, "often", "critical" if each.blocks else "warning", said, row, dose.quantity)


def _duplicate(each: Duplicate) -> _Judged:
    dose, row = each
    severity: Severity = "critical" if row["severity"] == "critical" else "warning"
    said = f"beside another of the {row['class']}, {row['note']}"
    return _Judged(dose, "duplicate", severity, said, row, dose.quantity)


def _is_of_another_kind(dose: DoseMention) -> bool:
    """Whether a drug whose limits are all in units is told in mass: "heparin 5000 mg"."""
    if dose.unit not in ("mg", "g") or dose.status not in _JUDGED | TAKEN:
        return False
    limits = dose_limits().get(dose.drug, ())
    return bool(limits) and all(limit.unit == "units" for limit in limits)


def _home_dose(note: ParsedNote, dose: DoseMention) -> _Judged:
    """Return a dose that nobody takes. An overdose is what a note may be about: it, and what the history tells, blocks
    none."""
    said = "nobody takes so much or so little at once, likely in the wrong unit"
    may_be_true = is_of_overdose(note) or note.section_at(dose.start) in HISTORY_SECTIONS
    severity: Severity = "critical" if is_surely_wrong(dose) and not may_be_true else "warning"
    return _Judged(dose, "home_unit", severity, said, home_doses()[dose.drug].row, dose.quantity)


def _miscalculated(each: Miscalculated) -> _Judged:
    severity, said, row = _OWN_RULES["weight"]
    return _Judged(each.dose, "weight", severity if each.blocks else "warning", said, row, each.dose.quantity)


def _fluid(excess: FluidExcess) -> _Judged:
    dose = DoseMention("fluid", 0, "mL", 1, True, "IV", excess.start, excess.end)
    most = f"{excess.row['most']} mL" + ("/kg" if excess.row["kind"] == "per_kg" else "")
    severity: Severity = "critical" if excess.blocks else "warning"
    said = f"volume above {most}" + (f", by a factor above {excess.row['factor']}" if excess.blocks else "")
    return _Judged(dose, "volume", severity, said, excess.row, dose.quantity)


def _by_own_rule(dose: DoseMention, kind: str) -> _Judged:
    severity, said, row = _OWN_RULES[kind]
    return _Judged(dose, kind, severity, said, row, dose.quantity)


def _finding(judged: _Judged, confirmed: Iterable[ConfirmedDose]) -> Finding:
    """Return the finding, as information where it is critical and about a dose that a physician confirmed."""
    dose, kind, severity, said, row, _ = judged
    if severity == "critical" and any(_is_about(judged, each) for each in confirmed):
        kind, severity, said = "confirmed", "information", f"{said}, confirmed by a physician"
    return Finding(
        rule=f"dose.{dose.drug.replace(' ', '_')}.{kind}",
        severity=severity,
        section=None,
        start=dose.start,
        end=dose.end,
        message=f"{dose.drug.capitalize()}: {said}.",
        citation=f"{row['source']} ({row['year']})",
    )


def _is_about(judged: _Judged, confirmed: ConfirmedDose) -> bool:
    quantity = in_base(confirmed["amount"], confirmed["unit"])
    same = quantity.unit == judged.quantity.unit and round(quantity.value - judged.quantity.value, 6) == 0
    return same and not judged.quantity.per_kg and _generic(confirmed["name"]) == judged.dose.drug


def _generic(name: str) -> str:
    return next((drug for drug, *_ in drugs_in(name)), name.casefold())

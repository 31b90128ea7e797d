import pytest

from edscribe_pipelines.clinical.medications.excess import Excess, gravest_excess
from edscribe_pipelines.clinical.medications.indications import Indications, Patient
from edscribe_pipelines.clinical.medications.limits import DoseLimit, Figure, Kind, dose_limits, limits_of
from edscribe_pipelines.clinical.medications.quantities import Quantity, in_base
from edscribe_pipelines.clinical.medications.routes import drug_routes

NOT_CONDITIONAL = frozenset({"age_60_or_over", "age_65_or_over", "weight_under_50_kg", "stemi_age_75_or_over"})


def excess(
    dose: str, stated: str = "", considered: str = "", kind: Kind = "single", weight_kg: float | None = None
) -> Excess | None:
    """Return what e.g. "ketamine IV 300 mg" exceeds."""
    *drug, route, value, unit = dose.split()
    limits = [limit for limit in limits_of(" ".join(drug), kind) if route in limit.routes]
    per = unit.partition("/")[2] or None
    amount = in_base(float(value), unit.partition("/")[0], per)
    known = frozenset(stated.split())
    indications = Indications(known, frozenset(considered.split()), NOT_CONDITIONAL - known)
    return gravest_excess(kind, [(limit, amount) for limit in limits], Patient(indications, weight_kg))


def severity(found: Excess | None) -> str | None:
    return None if found is None else "critical" if found.figure.blocks else "warning"


@pytest.mark.parametrize(
    ("dose", "stated", "expected"),
    [
        ("morphine IV 10 mg", "", None),
        ("morphine IV 12 mg", "", "warning"),
        ("morphine IV 16 mg", "", "critical"),
        ("ketorolac IV 30 mg", "", "warning"),
        ("ketorolac IV 30 mg", "age_65_or_over", "critical"),
        ("ketorolac IV 60 mg", "", "critical"),
        ("epinephrine IM 0.5 mg", "anaphylaxis", None),
        ("epinephrine IM 1 mg", "", "critical"),
        ("epinephrine IV 1 mg", "cardiac_arrest", None),
        ("alteplase IV 95 mg", "stroke", "critical"),
        ("alteplase IV 95 mg", "pe", None),
        ("alteplase IV 120 mg", "", "critical"),
        ("diltiazem IV 30 mg", "", "warning"),
        ("diltiazem IV 200 mg", "", "critical"),
        ("insulin regular IV 100 units", "hyperkalemia", "critical"),
        ("insulin regular IV 60 units", "calcium_channel_blocker_overdose", None),
        ("amiodarone IV 300 mg", "tachycardia", "critical"),
        ("amiodarone IV 300 mg", "cardiac_arrest", None),
        ("hydromorphone IV 10 mg", "", "warning"),
    ],
)
def test_the_indication_of_the_note_governs_then_the_gravest_row(dose: str, stated: str, expected: str | None) -> None:
    assert severity(excess(dose, stated)) == expected


def test_what_is_only_considered_widens_a_limit() -> None:
    assert excess("amiodarone IV 300 mg", stated="tachycardia", considered="cardiac_arrest") is None
    assert severity(excess("alteplase IV 95 mg", stated="stroke", considered="pe")) is None


def test_what_is_only_considered_narrows_no_limit() -> None:
    assert excess("ketamine IV 150 mg", considered="pain") is None
    assert severity(excess("ketamine IV 150 mg", stated="pain")) == "critical"


def test_a_dose_for_an_unknown_reason_is_held_to_the_widest_row() -> None:
    assert excess("heparin IV 9000 units") is None
    found = excess("heparin IV 80000 units")
    assert found is not None
    assert found.limit.indication == "vte"


def test_a_dose_beyond_its_own_indication_may_still_break_the_general_limit() -> None:
    assert excess("fentanyl IV 300 mcg", stated="rsi", weight_kg=80) is None
    assert severity(excess("fentanyl IV 1000 mcg", stated="rsi", weight_kg=80)) == "critical"


@pytest.mark.parametrize(
    ("dose", "weight_kg", "expected"),
    [
        ("levetiracetam IV 4500 mg", 80, None),
        ("levetiracetam IV 4500 mg", 50, "critical"),
        ("levetiracetam IV 60 mg/kg", None, None),
        ("levetiracetam IV 90 mg/kg", None, "critical"),
        ("levetiracetam IV 60 mg/kg", 100, "critical"),
    ],
)
def test_a_dose_is_held_to_the_weight(dose: str, weight_kg: float | None, expected: str | None) -> None:
    assert severity(excess(dose, stated="seizure", weight_kg=weight_kg)) == expected


@pytest.mark.parametrize(
    ("dose", "stated", "weight_kg", "expected"),
    [
        ("diltiazem INFUSION 15 mg/h", "", None, None),
        ("diltiazem INFUSION 100 mg/h", "", None, "critical"),
        ("nicardipine INFUSION 1 mg/min", "", None, "critical"),
        ("insulin regular INFUSION 0.1 units/kg/h", "dka", None, None),
        ("insulin regular INFUSION 1 units/kg/h", "dka", None, "critical"),
        ("insulin regular INFUSION 7 units/h", "dka", 70, None),
        ("insulin regular INFUSION 70 units/h", "dka", 70, "critical"),
        ("esmolol INFUSION 0.5 mg/kg/min", "", None, "critical"),
        ("norepinephrine INFUSION 100 mcg/min", "shock", None, "warning"),
        ("morphine INFUSION 20 mg/h", "", None, None),
        ("morphine INFUSION 20 mg/h", "opioid_naive", None, "critical"),
    ],
)
def test_rates_are_compared_in_one_time_and_weight(
    dose: str, stated: str, weight_kg: float | None, expected: str | None
) -> None:
    assert severity(excess(dose, stated, kind="rate", weight_kg=weight_kg)) == expected


def test_amounts_of_another_unit_are_not_compared() -> None:
    assert excess("magnesium sulfate IV 16000 mEq") is None


BLOCKING = [
    (limit, figure)
    for limits in dose_limits().values()
    for limit in limits
    for figure in limit.figures
    if figure.blocks and not figure.per_kg and limit.drug in drug_routes()
]


@pytest.mark.parametrize(
    ("limit", "figure"), BLOCKING, ids=[f"{limit.drug}-{limit.indication}-{figure.said}" for limit, figure in BLOCKING]
)
def test_ten_times_the_maximum_of_a_row_that_blocks_is_critical_and_the_maximum_is_not(
    limit: DoseLimit, figure: Figure
) -> None:
    stated = frozenset({limit.indication} - {"any"})
    patient = Patient(Indications(stated, frozenset(), NOT_CONDITIONAL - stated), None)
    same_route = [each for each in limits_of(limit.drug, figure.kind) if each.routes & limit.routes]

    def judged(value: float) -> str | None:
        amount = Quantity(value, limit.unit, False)
        return severity(gravest_excess(figure.kind, [(each, amount) for each in same_route], patient))

    assert judged(figure.value * 10) == "critical"
    assert judged(figure.value) != "critical"

import re

import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.medications.limits import ANY_DOSED_IN_MG, dose_limits
from edscribe_pipelines.clinical.medications.mentions import DoseMention
from edscribe_pipelines.clinical.medications.routes import WrongRoute, drug_routes, routes_meant, wrong_route
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of


def wrong(drug: str, route: str, said: str = "") -> WrongRoute | None:
    return wrong_route(parse_note(said), DoseMention(drug, 1, "mg", 1, False, route, 0, len(said)))


@pytest.mark.parametrize(
    ("drug", "route", "said", "severity"),
    [
        ("promethazine", "SC", "", "critical"),
        ("penicillin", "IV", "Bicillin 1200000 units IV", "critical"),
        ("penicillin", "IV", "penicillin G 4000000 units IV", None),
        ("potassium chloride", "IV", "KCl 40 mEq IV push", "critical"),
        ("potassium chloride", "IV", "KCl 10 mEq IV over an hour", None),
        ("olanzapine", "IV", "", "warning"),
        ("nitroglycerin", "IV", "nitroglycerin 0.4 mg IV", "warning"),
        ("nitroglycerin", "IV", "nitroglycerin 2 mg IV", None),
        ("adenosine", "PO", "", "critical"),
        ("aspirin", "IM", "", "critical"),
        ("acetaminophen", "IM", "", "warning"),
        ("adenosine", "IO", "", None),
        ("nicardipine", "INFUSION", "", None),
        ("morphine", "unstated", "", None),
        ("lisinopril", "IV", "", "critical"),
    ],
)
def test_a_forbidden_route_blocks_where_it_is_sourced_and_an_unusual_one_warns(
    drug: str, route: str, said: str, severity: str | None
) -> None:
    found = wrong(drug, route, said)
    assert (found.severity if found else None) == severity


def test_an_unstated_route_may_be_any_by_which_the_drug_is_given() -> None:
    unstated = DoseMention("ketorolac", 30, "mg", 1, False, "unstated", 0, 1)
    assert set(routes_meant(unstated)) == {"IV", "IM"}
    assert routes_meant(unstated._replace(route="IV")) == ("IV",)


def test_every_drug_with_limits_has_its_routes() -> None:
    assert set(dose_limits()) - {ANY_DOSED_IN_MG} <= set(drug_routes())


def test_a_route_that_has_a_limit_is_a_right_one() -> None:
    for drug, limits in dose_limits().items():
        if drug != ANY_DOSED_IN_MG:
            given = {route for limit in limits for route in limit.routes}
            assert {{"IO": "IV", "INFUSION": "IV"}.get(route, route) for route in given} <= drug_routes()[drug].right


def test_only_sourced_rows_forbid_a_route_critically() -> None:
    rows = [row for row in read_table("drug_routes.csv") if row["rule"] == "never"]
    critical = {(row["drug"], row["tier"], row["status"]) for row in rows if row["tier"]}
    assert all(tier in ("A", "B") and status == "verified" for _, tier, status in critical)
    assert all(re.compile(row["wording"]) for row in rows)


def test_a_forbidden_route_says_why() -> None:
    found = wrong("potassium chloride", "IV", "KCl 40 mEq IV push")
    assert found is not None
    assert found.said == "rapid injection of the undiluted solution can be fatal"
    assert "Drug and Therapeutics Bulletin" in found.row["source"]


@pytest.mark.parametrize(
    "said",
    [
        "Ibuprofen 400 mg IV (20 mL of 100 mg/5 mL oral suspension).",
        "Procaine penicillin 1.2 million units IV.",
        "Methylprednisolone acetate 80 mg IV.",
        "Tylenol liquid 650 mg IV.",
        "Adrenaline 0.25 mg IV bolus (0.25 mL of 1:1000).",
        "Adrenaline 1 in 1000 0.5 mL IV stat.",
        "EpiPen 0.3 mg IV.",
        "0.5 mL of 2.25% racemic epinephrine in 3 mL saline IV.",
        "Humulin 70/30 20 units IV.",
        "Ziprasidone 20 mg IV.",
        "Nitroglycerin paste 1 inch IV.",
    ],
)
def test_form_that_is_said_around_the_dose_blocks(said: str) -> None:
    found = check_doses(parse_note(note_of(ed=said)))
    assert [each["severity"] for each in found if each["rule"].endswith(".route")] == ["critical"]


@pytest.mark.parametrize(
    "said",
    [
        "Ibuprofen 400 mg PO (20 mL of 100 mg/5 mL oral suspension). Ceftriaxone 1 g IV.",
        "Methylprednisolone sodium succinate 125 mg IV.",
        "Adrenaline 0.5 mg IM (0.5 mL of 1:1000), IV placed.",
        "Cardiac arrest, CPR: adrenaline 1 mg IV (1 mL of 1:1000).",
        "Epinephrine drip (1 mg of 1:1000 in 250 mL NS) at 5 mcg/min IV.",
        "Racemic epinephrine 2.25% 0.5 mL in 3 mL saline by nebulizer; IV placed.",
        "Fentanyl patch 25 mcg/h applied.",
        "Kenalog 40 mg intra-articular.",
        "Phenytoin 250 mg/5 mL, 900 mg IV over 30 minutes.",
        "Ondansetron ODT 4 mg; NS 1 L IV.",
    ],
)
def test_usual_form_by_its_route_is_quiet(said: str) -> None:
    found = check_doses(parse_note(note_of(ed=said)))
    assert not [each for each in found if each["rule"].endswith(".route")]

import re

import pytest

from edscribe_pipelines.clinical.medications.limits import ANY_DOSED_IN_MG, dose_limits
from edscribe_pipelines.clinical.medications.mentions import DoseMention
from edscribe_pipelines.clinical.medications.routes import WrongRoute, drug_routes, routes_meant, wrong_route
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.tables import read_table


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

import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"physical": "No wheeze. Abdomen soft. Wheeze throughout."}, {"wheeze", "Wheeze"}),
        ({"history": "No SOB, no diaphoresis.", "physical": "Diaphoretic throughout."}, {"diaphoresis", "Diaphoretic"}),
        ({"review": "+ fatigue. - fever, melena.", "physical": "Melena on rectal examination."}, {"melena", "Melena"}),
    ],
)
def test_reported_and_denied(said: dict[str, str], places: set[str]) -> None:
    found = told(**said)
    assert {place for _, _, place in found} == places
    assert {(rule, severity) for rule, severity, _ in found} == {("finding", "warning")}


@pytest.mark.parametrize(
    "said",
    [
        {"physical": "No wheeze. Now wheeze throughout."},
        {"history": "Vomiting twice. No further vomiting."},
        {"history": "Nausea. No chest pain with nausea."},
        {"history": "Headache.", "ed": "No headache on reassessment."},
        {"history": "Headache. No headache at rest."},
        {"history": "Melena.", "disposition": "Discharged home. Return for fever or melena."},
        {"history": "No syncope. His brother had syncope."},
        {"physical": "Abdomen tender. No calf tenderness."},
    ],
)
def test_another_time_condition_person_or_place_is_no_contradiction(said: dict[str, str]) -> None:
    assert told(**said) == []

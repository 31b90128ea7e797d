import pytest

from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"physical": "No wheeze. Abdomen soft. Wheeze throughout."}, {"wheeze", "Wheeze"}),
        ({"history": "No SOB, no diaphoresis.", "physical": "Diaphoretic throughout."}, {"diaphoresis", "Diaphoretic"}),
        (
            {"physical": "Neck stiff with meningismus.", "medical": "Meningitis: neck supple."},
            {"Neck stiff", "neck supple"},
        ),
        ({"history": "He was out for 3 minutes.", "medical": "No LOC."}, {"out for 3 minutes", "LOC"}),
        ({"physical": "Drowsy. Awake and alert."}, {"Drowsy", "Awake and alert"}),
        ({"physical": "A&Ox3, confused."}, {"A&Ox3", "confused"}),
        ({"physical": "Lungs clear. Diffuse expiratory wheezing."}, {"Lungs clear", "expiratory wheezing"}),
        (
            {"history": "He swallowed a bottle of pills.", "medical": "He denies ingestion."},
            {"swallowed a bottle", "denies ingestion"},
        ),
        (
            {"history": "Vomited four times since midnight.", "medical": "He has not vomited."},
            {"Vomited four times", "vomited"},
        ),
        ({"history": "Chest pain for two hours.", "review": "Chest pain: No. Nausea: Yes."}, {"Chest pain"}),
        (
            {"physical": "No guarding, marked adnexal tenderness.", "medical": "No adnexal tenderness."},
            {"adnexal tenderness", "No adnexal tenderness"},
        ),
        ({"review": "Negative: fever, palpitations.", "history": "Pounding palpitations."}, {"palpitations"}),
        (
            {"labs": "Head CT is negative for hemorrhage.", "medical": "9 mm acute subdural on this CT."},
            {"Head CT is negative", "9 mm acute subdural"},
        ),
        (
            {"labs": "Duplex is negative for DVT.", "medical": "DVT confirmed on duplex."},
            {"Duplex is negative", "DVT confirmed"},
        ),
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
        {"history": "Wheezing at home.", "physical": "No wheeze."},
        {"history": "No fever.", "review": "Negative: fever, cough, wheeze."},
        {"physical": "Wheeze throughout. 17:00 no wheeze."},
        {"history": "No rash.", "medical": "Meningitis, rash, seizure: none."},
        {"review": "[ ] chest pain [x] cough", "history": "Chest pain for an hour."},
        {"history": "No cough. Denies headache, neck pain and cough."},
        {"history": "Nearly passed out. No LOC."},
    ],
)
def test_another_time_condition_person_or_place_is_no_contradiction(said: dict[str, str]) -> None:
    assert told(**said) == []


@pytest.mark.parametrize("row", read_table("findings_told.csv"), ids=lambda row: row["finding"])
def test_no_wording_is_both_a_report_and_a_denial(row: dict[str, str]) -> None:
    assert row["told_in"] in ("history", "examination", "either", "bedside", "procedure", "results")
    assert not row["denied"] or row["denied"] != row["reported"]

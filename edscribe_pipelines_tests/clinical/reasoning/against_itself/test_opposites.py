import pytest

from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules, told

WARNING, CRITICAL = {("statement", "warning")}, {("statement", "critical")}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"labs": "Duplex negative for DVT.", "medical": "Rivaroxaban 15 mg BID for DVT."}, WARNING),
        ({"labs": "CT head negative for hemorrhage.", "medical": "Diagnosis: subarachnoid hemorrhage."}, WARNING),
        ({"labs": "CTA chest: no dissection.", "medical": "Final diagnosis: type A aortic dissection."}, WARNING),
        ({"medical": "Meningitis: no. LP with 1,240 WBC."}, WARNING),
        ({"labs": "CTA chest is negative for PE.", "medical": "Pulmonary emboli seen on CTA."}, WARNING),
        ({"labs": "Normal appendix.", "medical": "Diagnosis: acute appendicitis."}, WARNING),
        ({"physical": "Normal rectal tone. Rectal tone absent."}, CRITICAL),
        ({"physical": "Perianal sensation absent.", "medical": "No saddle anesthesia, so no cauda equina."}, CRITICAL),
        ({"social": "Keeps a loaded pistol, no firearms in the room."}, CRITICAL),
        ({"history": "Denies SI.", "medical": "He told the nurse he wanted to die."}, CRITICAL),
        ({"history": "Takes no anticoagulants.", "medications": "Apixaban 5 mg BID."}, CRITICAL),
        ({"history": "Takes apixaban, last dose 07:00.", "medical": "No anticoagulant."}, CRITICAL),
        ({"labs": "ECG: 2 mm ST elevation. ECG read as no ST elevation."}, CRITICAL),
        ({"labs": "Pregnancy test negative.", "medical": "Positive hCG."}, CRITICAL),
    ],
)
def test_statements_that_exclude_each_other(said: dict[str, str], expected: set[tuple[str, str]]) -> None:
    assert rules(**said) == expected


@pytest.mark.parametrize(
    "said",
    [
        {"physical": "A&Ox3.", "ed": "Initially confused."},
        {"physical": "Lungs clear.", "ed": "Diffuse expiratory wheezing resolved with albuterol."},
        {"history": "Denies SI.", "past": "Wanted to die in 2019."},
        {"history": "No head injury. His father hit his head."},
        {"history": "Takes no anticoagulants.", "medical": "Apixaban 5 mg BID will be started."},
        {"labs": "Pregnancy test negative.", "disposition": "Discharged home. Return if positive hCG."},
        {"physical": "No facial droop. Speech clear."},
        {"history": "Takes no anticoagulants.", "disposition": "Discharged home on apixaban 5 mg BID."},
        {"physical": "Perianal sensation intact.", "disposition": "Home. Back here for numbness in the groin."},
        {"labs": "Duplex negative for DVT.", "medical": "Enoxaparin 40 mg SC for DVT prophylaxis."},
    ],
)
def test_what_is_explained_past_planned_or_of_others_is_no_opposite(said: dict[str, str]) -> None:
    assert told(**said) == []


@pytest.mark.parametrize("row", read_table("opposites.csv"), ids=lambda row: row["subject"])
def test_no_wording_says_both(row: dict[str, str]) -> None:
    assert row["says"] != row["against"]
    assert row["severity"] in ("critical", "warning")

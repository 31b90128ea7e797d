import pytest

from edscribe_pipelines.clinical.stated.coded_diagnoses import coded_diagnoses


@pytest.mark.parametrize(
    ("line", "diagnoses"),
    [
        ("Chest pain (R07.9)", [("icd10", "R079", "Chest pain")]),
        ("1. R07.9 - Chest pain, unspecified", [("icd10", "R079", "Chest pain, unspecified")]),
        ("Hypertension ICD-10: I10", [("icd10", "I10", "Hypertension")]),
        ("Chest pain ICD-9: 786.50", [("icd9", "78650", "Chest pain")]),
        ("Rule out PE (I26.99)", []),
        ("History of MI (I25.2)", []),
        ("Chest pain", []),
        ("T12 fracture", []),
        ("ICD interrogated, 120 shocks", []),
        ("(R07.9)", []),
        ("NSTEMI (I21.4). GERD (K21.9) less likely.", [("icd10", "I214", "NSTEMI")]),
        ("A J18.9, B R07.9", []),
    ],
)
def test_diagnosis_has_a_title_and_its_stated_code(line: str, diagnoses: list[tuple[str, str, str]]) -> None:
    found = coded_diagnoses(f"MDM: as follows\n{line}")
    assert [(each["system"], each["code"], each["title"]) for each in found] == diagnoses


def test_diagnoses_rank_in_order_and_come_once() -> None:
    found = coded_diagnoses("Diagnosis:\nCough (R05.9)\nFever (R50.9)\nCough (R05.9)")
    assert [(each["rank"], each["title"]) for each in found] == [(1, "Cough"), (2, "Fever")]


def test_code_in_the_history_is_no_diagnosis_of_this_stay() -> None:
    assert coded_diagnoses("PMH: Asthma (J45.9)") == []

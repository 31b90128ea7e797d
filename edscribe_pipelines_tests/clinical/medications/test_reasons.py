import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note


def found(note: str) -> list[tuple[str, str]]:
    findings = check_doses(parse_note(note))
    return [(each["rule"].rpartition(".")[2], each["severity"]) for each in findings]


@pytest.mark.parametrize(
    "note",
    [
        "Chest tightness, ECG normal. Alteplase 50 mg IV bolus.",
        "Migraine. Levetiracetam 4500 mg IV over 15 min.",
        "UTI. Methylene blue 140 mg IV.",
        "Knee pain. Dantrolene 200 mg IV.",
        "Cough. Digoxin immune fab 20 vials IV.",
        "Headache. Tranexamic acid 2 g IV.",
    ],
)
def test_a_drug_of_few_reasons_without_one_of_them_is_asked_for(note: str) -> None:
    assert ("reason", "warning") in found(note)
    assert all(severity == "warning" for _, severity in found(note))


@pytest.mark.parametrize(
    "note",
    [
        "Massive PE. Alteplase 100 mg IV over 2 h.",
        "Catheter occlusion: alteplase 2 mg.",
        "Status epilepticus. Levetiracetam 4500 mg IV over 15 min.",
        "Methemoglobinemia 34 %. Methylene blue 140 mg IV.",
        "Malignant hyperthermia. Dantrolene 200 mg IV.",
        "Hemorrhage after a fall. Tranexamic acid 1 g IV.",
    ],
)
def test_with_its_reason_it_is_quiet(note: str) -> None:
    assert "reason" not in {rule for rule, _ in found(note)}


@pytest.mark.parametrize(
    "note",
    [
        "Ceftriaxone 1 g IV for suspected bacterial meningitis. UA shows an incidental cystitis.",
        "Acyclovir 5 mg/kg IV for HSV encephalitis.",
        "Levetiracetam 500 mg IV for status epilepticus.",
        "Aspirin 81 mg chewed for the STEMI.",
        "Epinephrine 0.05 mg IM for anaphylaxis.",
    ],
)
def test_less_than_the_reason_in_its_sentence_needs_warns(note: str) -> None:
    assert found(note) == [("little", "warning")]


@pytest.mark.parametrize(
    "note",
    [
        "Ceftriaxone 2 g IV for bacterial meningitis.",
        "Ceftriaxone 1 g IV for pneumonia. Meningitis considered, LP normal.",
        "Ceftriaxone 1 g IV, then another 1 g IV for meningitis.",
        "History of meningitis as a child. Ceftriaxone 1 g IV for pyelonephritis.",
        "Acyclovir 10 mg/kg IV for HSV encephalitis.",
        "Home aspirin 81 mg daily. Aspirin 324 mg chewed for the STEMI.",
        "Lorazepam 0.5 mg PO for anxiety.",
    ],
)
def test_enough_of_it_or_for_another_reason_is_quiet(note: str) -> None:
    assert "little" not in {rule for rule, _ in found(note)}

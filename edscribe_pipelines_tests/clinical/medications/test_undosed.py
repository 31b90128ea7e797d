import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def routes_found(said: str) -> set[str]:
    return {
        found["severity"] for found in check_doses(parse_note(note_of(ed=said))) if found["rule"].endswith(".route")
    }


@pytest.mark.parametrize(
    "said",
    [
        "Timolol 0.5% one drop IV.",
        "GTN spray 2 puffs IV.",
        "Salbutamol puffs x4 IV via spacer.",
        "Amoxicillin 500 mg caps IV.",
        "Glycerin suppository IV.",
        "Chlorhexidine mouthwash 10 mL IV.",
        "Metformin IV given.",
    ],
)
def test_route_without_a_dose_that_the_drug_or_its_form_never_takes_blocks(said: str) -> None:
    assert routes_found(said) == {"critical"}


@pytest.mark.parametrize(
    "said",
    [
        "Timolol 0.5% one drop to the left eye.",
        "GTN spray 2 puffs SL, IV access obtained.",
        "Metformin, IV fluids and insulin.",
        "Metformin held before IV contrast.",
        "Metformin IV contrast precautions were discussed.",
        "Ceftriaxone IV given.",
        "Percocet IM ketorolac 30 mg given.",
    ],
)
def test_right_route_or_one_of_something_else_is_nothing(said: str) -> None:
    assert "critical" not in routes_found(said)


@pytest.mark.parametrize(
    "said",
    [
        "Magnesium sulfate 4 g by epidural catheter.",
        "Ceftriaxone 1 g into the left eye.",
        "Rocuronium 70 mg via nebuliser.",
        "Adenosine 6 mg via NG tube.",
        "Nifedipine 10 mg i.v. stat.",
        "Metformin 500 mg injected subcut.",
        "Fentanyl 75 mcg intrathecal.",
        "Pantoprazole 40 mg intradermally.",
    ],
)
def test_dose_by_a_route_that_few_drugs_take_blocks(said: str) -> None:
    assert "critical" in {found["severity"] for found in check_doses(parse_note(note_of(ed=said)))}


@pytest.mark.parametrize(
    "said",
    [
        "Pain in the right knee, ketorolac 15 mg IV given.",
        "Lidocaine 1% 5 mL intra-articular into the right knee.",
        "Charcoal 50 g via NG tube.",
        "15:10 MAGNESIUM SULFATE 4 GRAMS IN 150 NS.",
        "Burning of the left eye, acetaminophen 650 mg PO given.",
    ],
)
def test_region_or_a_route_that_the_drug_takes_is_nothing(said: str) -> None:
    assert not routes_found(said)


@pytest.mark.parametrize("said", ["Heparin 5000 mg IV.", "Insulin aspart 8 mg SC.", "Vasopressin 40 mg IV."])
def test_drug_of_units_told_in_mass_blocks(said: str) -> None:
    found = check_doses(parse_note(note_of(ed=said)))
    assert [each["severity"] for each in found if each["rule"].endswith(".unit_kind")] == ["critical"]

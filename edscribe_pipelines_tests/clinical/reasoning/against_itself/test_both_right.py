import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules, told


@pytest.mark.parametrize(
    "said",
    [
        {"physical": "Neck rigid.", "medical": "Meningitis: vaccinated, supple neck, back to baseline."},
        {"physical": "Tongue and lips swollen. Ø urticaria, Ø tongue swelling."},
        {"history": "Bleeding from the gums since an hour.", "physical": "Gums: no bleed."},
        {"physical": "Neck supple.", "medical": "Meningitis: playful, neck rigid, immunized: very unlikely."},
        {"history": "No numbness.", "medical": "Nerve injury: numbness present, cap refill normal."},
        {"history": "He has blurring of vision.", "medical": "Methanol: no visual complaint."},
        {"labs": "CXR: right lower lobe consolidation.", "medical": "Pneumonia: CXR clear."},
        {"history": "Burning with urination.", "review": "Denies dysuria."},
        {"history": "Heart racing for an hour.", "review": "No palpitations."},
        {"physical": "Moves all extremities.", "medical": "Stroke with left arm 0/5."},
    ],
)
def test_told_in_other_words(said: dict[str, str]) -> None:
    assert rules(**said) == {("finding", "warning")}


@pytest.mark.parametrize(
    "said",
    [
        {"physical": "Left calf swollen; right calf soft and nontender."},
        {"physical": "Left TM red and bulging, right TM normal."},
        {"physical": "Lungs clear anteriorly, crackles at bases."},
        {"review": "Except as noted in HPI: no fever, no cough.", "history": "Cough for a week."},
        {"history": "Contacts had vomiting.", "review": "No vomiting."},
        {"history": "Headache yesterday.", "medical": "No headache here."},
        {"review": "+ vomiting, - fever.", "medical": "Croup: no fever."},
        {"history": "Numbness of both hands.", "physical": "Sensation intact."},
        {"history": "Near syncope, no LOC.", "review": "No syncope."},
        {"physical": "Lips swollen, tongue normal."},
        {"history": "Generalized weakness.", "review": "No focal weakness."},
        {"medical": "Murmur not heard.", "physical": "No murmur."},
        {"physical": "No sensation over the axillary patch.", "ed": "After reduction NV intact."},
        {"labs": "ECG: 1 mm ST depression V4-V6, no ST elevation."},
        {"history": "Worried about fever, none measured.", "review": "No fever."},
        {"history": "Took 2 tablets of ibuprofen.", "review": "Denies ingestion."},
        {"medical": "SAH: sudden onset would be expected.", "history": "Gradual onset."},
        {"history": "Roommate had a rash.", "review": "No rash."},
        {"physical": "R hip held flexed, severe pain with motion, ROM limited. L hip full ROM."},
        {"review": "Headache; fever, cough, leg swelling negative.", "medical": "No fever."},
    ],
)
def test_of_another_side_time_person_or_degree(said: dict[str, str]) -> None:
    assert told(**said) == []

import pytest

from edscribe_pipelines.clinical.stated.home_medications import stated_home_medications


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("Lisinopril 10 mg daily.", ["Lisinopril 10 mg daily"]),
        ("aspirin, atorvastatin 40 mg nightly and Eliquis", ["aspirin", "atorvastatin 40 mg nightly", "Eliquis"]),
        (
            "1. Lantus 20 units qhs\n2) Vitamin B12\n- Humulin 70/30",
            ["Lantus 20 units qhs", "Vitamin B12", "Humulin 70/30"],
        ),
        ("He takes metoprolol 25 mg, twice daily, and warfarin.", ["metoprolol 25 mg, twice daily", "warfarin"]),
        ("Metformin 500 mg BID. Glipizide 5 mg daily.", ["Metformin 500 mg BID", "Glipizide 5 mg daily"]),
        ("amoxicillin and clavulanate 875 mg", ["amoxicillin and clavulanate 875 mg"]),
        ("Augmentin 875 mg; stopped lisinopril", ["Augmentin 875 mg"]),
        ("amlodipine (ran out last week), losartan", ["losartan"]),
        ("Denies blood thinners, takes atenolol", ["atenolol"]),
        ("lisinopril\n  10 mg daily\nmetformin\n  500 mg BID", ["lisinopril, 10 mg daily", "metformin, 500 mg BID"]),
        ("aspirin 81 mg, but not taking", []),
        ("metformin 1,000 mg BID", ["metformin 1,000 mg BID"]),
        (
            "Prednisone 20 mg each morning until Friday, and then half a tablet",
            ["Prednisone 20 mg each morning until Friday, and then half a tablet"],
        ),
        ("apixaban 5 bd, metoprolol 25", ["apixaban 5 bd", "metoprolol 25"]),
        ("[ ] none [x] metformin [ ] insulin", ["metformin"]),
        ("Used to be on Seroquel and Depakote", []),
        ("Prescribed acamprosate, never started. Thiamine 100 mg", ["Thiamine 100 mg"]),
        ("None", []),
        ("Takes no medications.", []),
        ("See list in chart, reviewed.", []),
        ("Unable to obtain", []),
        ("WBC 12.4", []),
        ("no longer on prednisone, daily", []),
        ("", []),
    ],
)
def test_home_medications_are_what_the_patient_takes_as_written(section: str, names: list[str]) -> None:
    assert [taken["name"] for taken in stated_home_medications(section)] == names

import pytest

from edscribe_pipelines.clinical.stated.administered import administered_doses


def given(note: str) -> list[str]:
    return [f"{d['name']} {d['amount']:g} {d['unit']} {d['route']} x{d['times']}" for d in administered_doses(note)]


@pytest.mark.parametrize(
    ("course", "doses"),
    [
        ("Morphine 4 mg IV x2.", ["morphine 4 mg IV x2"]),
        ("ASA 324 given.", []),
        ("Fentanyl 50 mcg, ketamine 20 mg IM.", ["fentanyl 50 mcg None x1", "ketamine 20 mg IM x1"]),
        ("Heparin 5000 units IV.", ["heparin 5000 units IV x1"]),
        ("KCl 40 mEq PO.", ["potassium chloride 40 mEq PO x1"]),
        ("1 L NS bolus.", ["normal saline 1000 mL IV x1"]),
        ("Ordered ketorolac 15 mg IV.", []),
        ("Ordered ketorolac 15 mg IV; given ketorolac 30 mg IV.", ["ketorolac 30 mg IV x1"]),
        ("Morphine 4 mg IV refused.", []),
        ("Morphine 2-4 mg IV.", []),
        ("Total of 8 mg morphine.", []),
        ("Acetaminophen 650 mg PO q6h prn.", []),
        ("Aspirin 324 mg PO by EMS.", []),
        ("Will give morphine 4 mg IV if pain returns.", []),
        ("Home metoprolol 25 mg.", []),
        ("Prescribed ibuprofen 600 mg.", []),
    ],
)
def test_dose_in_the_course_is_given_unless_something_speaks_against_it(course: str, doses: list[str]) -> None:
    assert given(f"ED Course: {course}") == doses


@pytest.mark.parametrize(
    ("note", "doses"),
    [
        ("MDM: Treated with ketorolac 15 mg IV.", ["ketorolac 15 mg IV x1"]),
        ("MDM: Ketorolac 15 mg IV after the CT.", []),
        ("MDM: Has not received ketorolac 15 mg IV.", []),
        ("MDM: Consider ketorolac 15 mg IV.", []),
        ("MDM: Ketorolac 15 mg IV.", []),
        ("Given ketorolac 15 mg IV.", ["ketorolac 15 mg IV x1"]),
        ("HPI: Received ketorolac 15 mg IV.", []),
        ("Meds: ketorolac 10 mg.", []),
        ("Dispo: Home, given ketorolac 10 mg tablets.", []),
    ],
)
def test_dose_elsewhere_is_given_only_where_the_note_says_so(note: str, doses: list[str]) -> None:
    assert given(note) == doses


def test_dose_that_another_section_tells_again_counts_once() -> None:
    assert given("ED Course: Toradol 15 mg IV.\nMDM: Better after ketorolac 15 mg.") == ["ketorolac 15 mg IV x1"]


def test_dose_that_the_course_gives_twice_counts_twice() -> None:
    assert given("ED Course: Morphine 4 mg IV. Morphine 4 mg IV again.") == ["morphine 4 mg IV x1"] * 2

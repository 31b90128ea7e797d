import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules, told


@pytest.mark.parametrize(
    "course",
    [
        "0156 arrived. 0159 lorazepam 4 mg IV. 0157 convulsions stop. 0240 awake.",
        "14:05 ECG.\n14:20 aspirin given.\n14:10 heparin.\n15:00 cardiology.",
    ],
)
def test_a_course_goes_back_at_one_place(course: str) -> None:
    assert rules(ed=course) == {("time", "warning")}


@pytest.mark.parametrize(
    "course",
    [
        "23:50 arrived. 23:58 ECG. 00:10 aspirin given.",
        "Octreotide at 2005. Ondansetron at 2006. Ceftriaxone at 2015.",
        "15:00 ECG. 14:00 arrived. 16:00 heparin. 13:00 EMS called.",
        "14:05 ECG. 14:20 aspirin given.",
    ],
)
def test_midnight_a_list_without_order_and_two_times_are_quiet(course: str) -> None:
    assert told(ed=course) == []


@pytest.mark.parametrize(("years", "found"), [(16, False), (26, True)])
def test_no_event_comes_at_an_age_not_yet_reached(years: int, found: bool) -> None:
    said = f"A 19 year old man. One overdose at age {years}."
    assert (("age", "warning") in rules(history=said)) == found

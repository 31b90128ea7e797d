from edscribe_pipelines.clinical.medications.course import GivenDose, course_total, dose_that_exceeds
from edscribe_pipelines.clinical.medications.mentions import DoseMention

COURSE, REASONING = "ED Course & Procedures", "Medical Decision Making"


def given(
    value: float, route: str | None = "IV", section: str = COURSE, times: int = 1, is_total: bool = False, at: int = 0
) -> GivenDose:
    said = DoseMention("morphine", value, "mg", times, is_total, route or "unstated", at, at + 10)
    return GivenDose(said, value, "mg", section, route, frozenset({route or "IV"}))


def test_doses_are_summed() -> None:
    assert course_total([given(4, times=2), given(2)]) == 10


def test_a_dose_retold_in_another_section_counts_once() -> None:
    assert course_total([given(4), given(4), given(4, section=REASONING)]) == 8


def test_a_dose_retold_without_its_route_counts_once() -> None:
    assert course_total([given(4), given(4, route=None, section=REASONING)]) == 4


def test_the_section_that_tells_more_doses_counts() -> None:
    assert course_total([given(4), given(4, section=REASONING, times=3)]) == 12


def test_the_same_amount_by_another_route_is_another_dose() -> None:
    assert course_total([given(5, route="IM"), given(5, section=REASONING)]) == 10


def test_a_total_stands_for_its_parts() -> None:
    assert course_total([given(4), given(4), given(8, is_total=True)]) == 8
    assert course_total([given(4), given(12, is_total=True)]) == 12
    assert course_total([given(4, times=3), given(8, is_total=True)]) == 12


def test_the_dose_with_which_it_was_too_much_is_named() -> None:
    doses = [given(6, at=0), given(6, at=20), given(5, at=40), given(1, at=60)]
    assert dose_that_exceeds(doses, 15).mention.start == 40


def test_thousands_of_doses_are_summed_quickly() -> None:
    doses = [given(float(number % 7 + 1), at=number) for number in range(20_000)]
    assert dose_that_exceeds(doses, 15).mention.start == 5

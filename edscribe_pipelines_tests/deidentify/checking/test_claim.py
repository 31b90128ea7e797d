from __future__ import annotations

from math import comb

import pytest

from edscribe_pipelines.deidentify.checking.claim import leakage_statement, upper_bound


@pytest.mark.parametrize("planted", [1, 10, 98, 3000])
def test_bound_without_survivors_is_the_exact_one(planted: int) -> None:
    assert upper_bound(0, planted) == pytest.approx(1 - 0.05 ** (1 / planted))


@pytest.mark.parametrize(("survivors", "planted"), [(1, 10), (3, 98), (9, 10)])
def test_at_the_bound_so_few_survivors_have_a_chance_of_five_percent(survivors: int, planted: int) -> None:
    share = upper_bound(survivors, planted)
    tail = sum(comb(planted, k) * share**k * (1 - share) ** (planted - k) for k in range(survivors + 1))
    assert tail == pytest.approx(0.05)


@pytest.mark.parametrize(("survivors", "planted"), [(0, 0), (5, 5)])
def test_nothing_planted_or_all_survived_bounds_nothing(survivors: int, planted: int) -> None:
    assert upper_bound(survivors, planted) == 1


def test_claim_is_worded_as_detections_survivors_and_bound() -> None:
    statement = leakage_statement(1200, 0, 0, 298)
    assert statement == (
        "In 1,200 released encounters: zero detections by the gate and zero surviving canaries, "
        "with an upper 95 % bound on leakage of 1.00 % (0 of 298 planted identifiers survived)."
    )


@pytest.mark.parametrize(
    ("detections", "survivors", "said"), [(1, 0, "1 detection by"), (0, 2, "2 surviving canaries")]
)
def test_any_detection_or_survivor_forbids_the_claim(detections: int, survivors: int, said: str) -> None:
    statement = leakage_statement(10, detections, survivors, 100)
    assert statement.startswith("Nothing may leave: ")
    assert said in statement

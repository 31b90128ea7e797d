from __future__ import annotations

import random
import re

import pytest

from edscribe_pipelines.deidentify.checking.invention import invent


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        ("###-##", r"\d{3}-\d\d"),
        ("B?#", r"B[A-Z]\d"),
        ("<given> <surname>", r"[A-Z][a-z]+ [A-Z][a-z]+"),
        ("<login>@example.org", r"[a-z]+@example\.org"),
        ("<month_number>/0<digit>", r"\d{1,2}/0[1-9]"),
        ("<month> 2#", r"[A-Z][a-z]+ 2\d"),
    ],
)
def test_value_follows_its_make(make: str, shape: str) -> None:
    for seed in range(20):
        assert re.fullmatch(shape, invent(make, random.Random(seed)))


def test_each_of_several_makes_comes_up() -> None:
    assert {len(invent("#|##|###", random.Random(seed))) for seed in range(40)} == {1, 2, 3}

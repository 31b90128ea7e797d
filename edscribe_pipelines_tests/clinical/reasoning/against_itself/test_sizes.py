import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"physical": "3 cm forehead laceration.", "ed": "Forehead laceration 8 cm: closed."}, "size"),
        ({"labs": "CT: 4 mm stone.", "medical": "Stone of 9 mm."}, "size"),
        ({"ed": "Peak flow 180 (45% of best). At 3 hours peak flow 220 (80%)."}, "share"),
        ({"history": "This is a 34-year-old woman.", "medical": "A 71-year-old woman with appendicitis."}, "age"),
    ],
)
def test_two_figures_for_one_thing(said: dict[str, str], rule: str) -> None:
    assert (rule, "warning") in rules(**said)


@pytest.mark.parametrize(
    "said",
    [
        {"physical": "3 cm forehead laceration, 1 cm chin laceration."},
        {"labs": "CT: 4 mm stone.", "medical": "4 mm stone."},
        {"labs": "CT: 4 mm stone, last year 9 mm stone."},
        {"ed": "Peak flow 180 (45% of best). At 3 hours peak flow 320 (80%)."},
        {"history": "34-year-old woman, her 71-year-old mother brought her."},
    ],
)
def test_two_things_another_day_and_other_people_are_quiet(said: dict[str, str]) -> None:
    assert not rules(**{"history": "Seen.", **said}) & {("size", "warning"), ("share", "warning"), ("age", "warning")}

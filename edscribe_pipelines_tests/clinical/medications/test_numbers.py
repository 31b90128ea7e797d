import pytest

from edscribe_pipelines.clinical.medications.numbers import number


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1,500", 1500),
        (".5", 0.5),
        ("10 000", 10_000),
        ("2,5", 2.5),
        ("forty-five", 45),
        ("two and a half", 2.5),
        ("half a", 0.5),
        ("zero point five", 0.5),
        ("six hundred fifty", 650),
        ("twenty-five hundred", 2500),
        ("one hundred and twenty thousand", 120_000),
    ],
)
def test_a_number_is_read_in_figures_and_in_letters(said: str, value: float) -> None:
    assert number(said) == value


@pytest.mark.parametrize("said", ["", "1,0000", "5..0", "1.5.2", "ten thirty", "ten five", "forty twelve", "mg"])
def test_what_is_no_number_is_none(said: str) -> None:
    assert number(said) is None

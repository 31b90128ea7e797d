import pytest

from edscribe_pipelines.clinical.medications.amounts import amounts_in
from edscribe_pipelines.clinical.medications.units import UNREADABLE


def said(text: str) -> list[tuple[float, str]]:
    return [(amount.amount, amount.unit) for amount in amounts_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10/10/10 mg", [(10, "mg")] * 3),
        ("4mg/4mg", [(4, "mg")] * 2),
        ("20, 40, and then 800 mg", [(20, "mg"), (40, "mg"), (800, "mg")]),
        ("5/325 mg", []),
        ("2-4 mg", [(4, "mg")]),
        ("at 1525 and 1 mg", [(1, "mg")]),
        ("4 mg/2 mL IV", [(4, "mg")]),
        ("4 mg/2 mL vial", []),
        ("3 mL of 10 mg/1 mL", [(3, "mL")]),
        ("25,000 units/250 mL", []),
        ("two amps", [(2, "amp")]),
        ("x2 amps", [(2, "amp")]),
        ("twenty mg/kg", [(20, "mg")]),
        ("two units of blood", []),
        ("14 mmHg", []),
        ("K 3.5. Mg 1.8", []),
    ],
)
def test_an_amount_is_a_number_with_its_unit(text: str, found: list[tuple[float, str]]) -> None:
    assert said(text) == found


@pytest.mark.parametrize(
    "text", ["?? mg", "___ mg", "XX mg", "5O mg", "1.O g", "l00 mcg", "1O0mg", "10 mgg", "1,0000 mg", "5..0 g"]
)
def test_what_cannot_be_read_is_an_amount_that_cannot(text: str) -> None:
    assert said(text) == [(0, UNREADABLE)]


def test_a_long_text_is_read_in_little_time() -> None:
    assert amounts_in("1/1" * 20_000 + " ten" * 20_000 + "?" * 20_000) == []

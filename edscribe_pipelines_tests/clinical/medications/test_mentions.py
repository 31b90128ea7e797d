import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.medications.mentions import dose_mentions


def said(note: str) -> list[tuple[str, float, str, int]]:
    return [(dose.drug, dose.amount, dose.unit, dose.times) for dose in dose_mentions(note)]


@pytest.mark.parametrize(
    ("words", "doses"),
    [
        ("KCl 40 mEq PO", [("potassium chloride", 40, "mEq", 1)]),
        ("nitroglycerin 0.4 mg SL was given twice", [("nitroglycerin", 0.4, "mg", 2)]),
        ("Ancef 2 g IV", [("cefazolin", 2, "g", 1)]),
        ("D50 25 g IV", [("dextrose", 25, "g", 1)]),
        ("TXA 1 g IV, 2 units PRBC", [("tranexamic acid", 1, "g", 1)]),
        ("TXA 1 g IV, then 2 units of packed red cells", [("tranexamic acid", 1, "g", 1)]),
    ],
)
def test_dose_is_a_number_with_a_unit_beside_a_drug(words: str, doses: list[tuple[str, float, str, int]]) -> None:
    assert said(words) == doses


def test_dose_in_milliequivalents_is_held_to_no_limit_in_milligrams() -> None:
    assert said("magnesium sulfate 16 mEq IV") == [("magnesium sulfate", 16, "mEq", 1)]
    assert check_doses("magnesium sulfate 16000 mEq IV") == []

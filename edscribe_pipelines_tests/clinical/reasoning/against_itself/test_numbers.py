import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules, told


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"labs": "Hgb 6.8.", "ed": "Hgb 8.6 -> 2 u PRBC started."}, ["Hgb 6.8", "Hgb 8.6"]),
        ({"labs": "Troponin 5 ng/L (1025) -> 5 ng/L.", "medical": "Trop 52 then 5."}, None),
        ({"ed": "Bladder scan at 11:40: 350 mL.", "medical": "Residual 35 mL."}, None),
        ({"labs": "CK 310.", "medical": "Rhabdomyolysis excluded by CK 3,100."}, ["CK 310", "CK 3,100"]),
        ({"labs": "Lactate 4.3.", "medical": "Not septic: lactate normal."}, ["Lactate 4.3", "lactate normal"]),
        ({"labs": "Troponin 18 then 190 ng/L.", "medical": "ACS unlikely, flat troponin."}, None),
        ({"labs": "hCG <5 mIU/mL.", "medical": "Ectopic considered with positive hCG."}, None),
    ],
)
def test_two_values_or_a_value_and_a_word(said: dict[str, str], places: list[str] | None) -> None:
    found = told(**said)
    assert [(rule, severity) for rule, severity, _ in found] == [("number", "warning")] * 2
    assert places is None or [place for _, _, place in found] == places


@pytest.mark.parametrize(
    "said",
    [
        {"labs": "Hgb 9.1.", "medical": "Hgb 9."},
        {"labs": "Hgb 9.1.", "medical": "Hgb 11.9 last year."},
        {"labs": "Hgb 6.8 (10.4 in March).", "medical": "Target Hgb 8."},
        {"labs": "Lactate 9.1 -> 3.0.", "medical": "Lactate 3.0."},
        {"labs": "Lactate 4.1.", "ed": "Repeat lactate 1.9."},
        {"labs": "Hgb 9.1.", "medical": "Transfuse if Hgb 7."},
        {"labs": "Troponin 5 ng/L.", "ed": "Repeat trop 1320.", "medical": "Troponin negative."},
        {"labs": "K 4.1.", "ed": "Potassium chloride 40 mEq PO given."},
    ],
)
def test_rounded_repeated_aimed_at_or_of_another_day_is_no_difference(said: dict[str, str]) -> None:
    assert told(**said) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"labs": "K 2.9.", "ed": "Insulin regular 10 units IV given."}, {("care", "warning")}),
        ({"labs": "INR 2.4.", "ed": "Alteplase 60 mg IV given."}, {("care", "warning")}),
        ({"labs": "K 2.9.", "ed": "Insulin regular 10 units IV given after potassium."}, set()),
        ({"labs": "K 5.9.", "ed": "Insulin regular 10 units IV given."}, set()),
        ({"labs": "K 2.9.", "ed": "Insulin regular was not given."}, set()),
    ],
)
def test_a_drug_against_a_value_is_a_matter_of_care(said: dict[str, str], expected: set[tuple[str, str]]) -> None:
    assert rules(**said) == expected

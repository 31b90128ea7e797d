import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules, told


@pytest.mark.parametrize(
    "said",
    [
        {
            "physical": "Weakness of the legs, left worse than right.",
            "medical": "Cord syndrome, right worse than left.",
        },
        {"physical": "Crackles L > R.", "medical": "Crackles R>L on examination."},
        {"ed": "Right IJ central line placed.", "labs": "CXR: left IJ line tip in SVC."},
        {"ed": "Right femoral dialysis catheter placed.", "disposition": "To ICU with left femoral dialysis catheter."},
    ],
)
def test_sides_that_are_compared_and_sides_of_lines(said: dict[str, str]) -> None:
    assert rules(**said) == {("side", "warning")}


@pytest.mark.parametrize(
    "said",
    [
        {"physical": "Crackles L > R. Edema R > L."},
        {"physical": "Left weaker than right.", "medical": "Right stronger than left."},
        {"ed": "Right IJ line attempted. Left IJ line placed.", "labs": "CXR: left IJ line in SVC."},
        {"ed": "Right IJ central line. Left femoral line.", "labs": "CXR: right IJ line in SVC."},
        {"past": "Left tunneled subclavian line.", "ed": "Right subclavian line placed."},
    ],
)
def test_another_line_or_another_finding_is_no_contradiction(said: dict[str, str]) -> None:
    assert told(**said) == []

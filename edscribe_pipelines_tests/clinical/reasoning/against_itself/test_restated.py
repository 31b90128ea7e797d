import pytest

from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules

NUMBER = ("number", "warning")


@pytest.mark.parametrize(
    "said",
    [
        {"labs": "ESR 14, fibrinogen 380.", "medical": "Arteritis: ESR 84."},
        {"physical": "IOP 54 mmHg.", "medical": "Glaucoma with a pressure of 45."},
        {"labs": "GRBS 146 mg/dl.", "medical": "Hypoglycemia: GRBS 46."},
        {"labs": "Trop 48 -> 212.", "medical": "NSTEMI: trop rise 48 -> 122."},
        {"labs": "QTc 470. Torsades: QTc 570, replace K."},
    ],
)
def test_a_figure_that_stands_nowhere_else(said: dict[str, str]) -> None:
    assert NUMBER in rules(**said)


@pytest.mark.parametrize(
    "said",
    [
        {"labs": "ESR 14.", "medical": "Arteritis: ESR 14."},
        {"labs": "ESR 14.", "medical": "ESR 84 last year."},
        {"labs": "ESR 14 -> 20.", "medical": "Arteritis: ESR 20."},
        {"labs": "ESR 14.", "medical": "Ferritin 84."},
        {"labs": "Lithium level 0.8.", "medical": "Lithium 600 mg held."},
        {"labs": "Glucose 310.", "medical": "Repeat glucose 180."},
    ],
)
def test_the_same_another_time_and_a_dose_are_quiet(said: dict[str, str]) -> None:
    assert NUMBER not in rules(**said)


def test_no_name_has_two_labels() -> None:
    names = [name for row in read_table("value_labels.csv") for name in row["names"].split(";")]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)

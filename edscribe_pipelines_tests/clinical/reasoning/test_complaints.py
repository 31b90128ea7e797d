import pytest

from edscribe_pipelines.clinical.reasoning.complaints import complaints_in
from edscribe_pipelines.tables import read_table


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("CP", ["chest pain"]),
        ("Chest pain, SOB", ["chest pain", "dyspnea"]),
        ("? AORTIC DISECTION", []),
        ("s/p Fall, SDH", ["fall"]),
        ("L Leg pain", ["limb swelling or pain"]),
        ("Pain in the chest, can't catch his breath", ["chest pain", "dyspnea"]),
        ("Pain of low back", ["back pain"]),
        ("seizing", ["seizure"]),
        ("Vomiting blood", ["GI bleeding", "nausea or vomiting"]),
        ("Belly pain; throwing up", ["abdominal pain", "nausea or vomiting"]),
        ("passing out", ["syncope"]),
        ("R-sided weakness, face drooping", ["weakness", "stroke symptoms"]),
        ("1. h/a 2. neck stiffness", ["headache", "neck pain"]),
        ("FB R eye, grinding steel", ["eye complaint"]),
        ("PV bleed, 7 weeks", ["pelvic pain or vaginal bleeding"]),
        ("took most of a bottle of pills", ["overdose or intoxication"]),
        ("brought by police, not sleeping, hearing voices", ["psychiatric"]),
        ("fish hook in the thumb", ["wound"]),
        ("Needs a flu shot", []),
        ("", []),
    ],
)
def test_a_chief_complaint_names_complaints_in_the_order_of_the_table(said: str, names: list[str]) -> None:
    assert [complaint.name for complaint in complaints_in(said)] == names


def test_every_complaint_has_diagnoses_and_fewer_are_the_minimum() -> None:
    for row in read_table("complaints.csv"):
        (complaint,) = (each for each in complaints_in(row["complaint"]) if each.name == row["complaint"])
        assert 1 <= complaint.minimum <= len(complaint.diagnoses)


def test_every_diagnosis_belongs_to_a_complaint_once() -> None:
    complaints = {row["complaint"] for row in read_table("complaints.csv")}
    rows = [(row["complaint"], row["diagnosis"]) for row in read_table("rule_outs.csv")]
    assert {complaint for complaint, _ in rows} <= complaints
    assert len(rows) == len(set(rows))

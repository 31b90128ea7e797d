import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "number",
            {
                "history": "24 y/o G1P0, 8w2d by LMP, spotting.",
                "labs": "US: single IUP 7w6d.",
                "medical": "Threatened miscarriage, live IUP 11w6d.",
            },
        ),
        (
            "number",
            {"history": "G2P1 at 32 weeks with contractions.", "medical": "Preterm labor at 23 weeks, steroids."},
        ),
        ("number", {"history": "31F G3P2, 28+4 weeks pregnant.", "medical": "Preeclampsia at 38+4, delivery."}),
        ("number", {"history": "G2P1 pregnant 20 weeks.", "medical": "G4P3 at 20 weeks with hyperemesis."}),
        (
            "number",
            {
                "medical": "Wound infection: cephalexin 500 mg QID for 7 days.",
                "disposition": "Discharged. Cephalexin 500 mg PO QID for 10 days.",
            },
        ),
        (
            "number",
            {"medical": "Amoxicillin x 5 days.", "disposition": "Discharged. Amoxicillin 500 mg PO TID x 10 days."},
        ),
    ],
)
def test_two_ages_of_a_pregnancy_or_two_courses(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {
            "history": "24 y/o G1P0, 8w2d by LMP, spotting.",
            "labs": "US: single IUP 7w6d.",
            "medical": "Threatened miscarriage, IUP 7w6d.",
        },
        {
            "history": "Six days after delivery at 38 weeks. Her first was at 34 weeks.",
            "medical": "Preeclampsia 6 days postpartum. Magnesium after 37 weeks.",
        },
        {
            "past": "Preterm birth at 32 weeks 2019.",
            "history": "G2P1 at 20 weeks with bleeding.",
            "medical": "Bleeding at 20 weeks, OB in 2 weeks.",
        },
        {"history": "G2P1 pregnant 20 weeks.", "medical": "G2P1 at 20w3d."},
        {"history": "3-week-old born at 38 weeks.", "past": "Born at 38+2, delivery at 38 weeks."},
        {"medical": "Cardiology in 2 days.", "disposition": "Discharged. Cardiology in 2 days, PCP in 2 weeks."},
        {
            "medical": "Cephalexin for 7 days.",
            "disposition": "Discharged. Cephalexin 500 mg PO QID for 7 days. Ibuprofen for 3 days.",
        },
        {
            "history": "Took amoxicillin for 3 days without effect.",
            "disposition": "Discharged. Amoxicillin 500 mg PO TID x 10 days.",
        },
        {
            "medical": "Sutures out in 10 days.",
            "disposition": "Discharged. Wound check in 2 days, sutures out in 10 days, PCP 1 week.",
        },
    ],
)
def test_one_pregnancy_and_one_course_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []

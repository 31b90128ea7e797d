import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "age",
            {
                "history": "54 year old man with cough.",
                "medical": "A man over 60 with loin pain has an aneurysm until shown otherwise.",
            },
        ),
        ("age", {"history": "22-month-old girl with fever.", "medical": "Immunized 12-month-old girl."}),
        ("age", {"history": "41 year old woman.", "medical": "Age over 65, so CT head."}),
        ("age", {"history": "72 year old woman.", "medical": "Age <50, PERC negative."}),
        (
            "age",
            {
                "chief": "Age/sex: 9 months, male. Croup",
                "history": "Barking cough since 21:00.",
                "past": "One wheezy episode at 11 months.",
            },
        ),
        ("age", {"chief": "Age: 45. Cough", "history": "54-year-old man with cough."}),
        ("age", {"history": "32 year old man. Smoked for 40 years."}),
        ("age", {"history": "8-year-old boy with wheeze.", "past": "Grommets aged 9."}),
        ("age", {"history": "24 year old man.", "medical": "This elderly patient needs admission."}),
        ("age", {"history": "66-year-old man.", "medical": "Sixty-year-old man with AF."}),
        ("age", {"history": "A 34-year-old woman with fever.", "disposition": "Discharged. 43F with cystitis."}),
        (
            "age",
            {
                "history": "22-month-old girl with fever and seizure.",
                "medical": "Simple febrile seizure, age 6 to 18 months.",
            },
        ),
    ],
)
def test_an_age_that_does_not_fit(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {"history": "71 year old man with loin pain.", "medical": "A man over 60 with loin pain has an aneurysm."},
        {"history": "41 year old woman.", "medical": "Age over 65 would mean CT; not over 65."},
        {"history": "72 year old woman.", "medical": "Age <50 criterion not met."},
        {
            "chief": "Age/sex: 22 months, male. Croup",
            "history": "Barking cough since 21:00.",
            "past": "One wheezy episode at 11 months.",
        },
        {"chief": "Age: 45. Cough", "history": "45-year-old man with cough."},
        {"history": "62 year old man. Smoked for 40 years. Father died aged 80.", "past": "Appendectomy aged 12."},
        {"history": "8-year-old boy, brother aged 9, vaccines due at age 11."},
        {"history": "24 year old man lives with elderly mother.", "medical": "His elderly grandmother is sick."},
        {"history": "66-year-old man.", "medical": "Sixty-six-year-old man with AF."},
        {"history": "A 34-year-old woman, mother of a 6-year-old.", "disposition": "Discharged. 34F with cystitis."},
        {"history": "22-month-old girl with fever.", "medical": "Febrile seizure, age 6 to 60 months."},
        {
            "history": "66-year-old man.",
            "medical": "CHA2DS2-VASc 2 (age over 65, HTN). Canadian CT head rule: age over 65. Age > 50.",
        },
        {
            "history": "45 year old man.",
            "medical": "HEART: age 45-64. PERC positive, age over 50 no. Women over 60 often differ.",
        },
    ],
)
def test_an_age_that_fits_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []

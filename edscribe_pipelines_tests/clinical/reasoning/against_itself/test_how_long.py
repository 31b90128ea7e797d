import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "time",
            {"chief": "Back pain x 9 days", "history": "47-year-old man, 9 hours of mid back pain, worse at night."},
        ),
        (
            "time",
            {
                "history": "Three days of right lower quadrant pain.",
                "medical": "Appendicitis likely: RLQ pain for 3 weeks.",
            },
        ),
        ("time", {"history": "Cough for 2 weeks.", "medical": "Cough x 2 days, viral."}),
        ("time", {"chief": "Fever x3d", "history": "Mother reports fever for 8 days."}),
        ("time", {"history": "9 hours of back pain, fever 4 days.", "medical": "Nine days of back pain already."}),
        ("time", {"history": "Headache began 2 days ago.", "medical": "Headache for 2 months, slowly worse."}),
        ("time", {"chief": "Vomiting for 5 hours", "history": "5-day history of vomiting."}),
        (
            "time",
            {
                "history": "Two hours of palpitations.",
                "medical": "AF: palpitations for over 48 hours, no cardioversion.",
            },
        ),
    ],
)
def test_a_symptom_for_two_times(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {
            "chief": "Back pain x 9 days",
            "history": "47-year-old man, 9 days of mid back pain, worse over the last 6 hours.",
        },
        {"history": "Three days of RLQ pain, vomiting since 6 hours.", "medical": "RLQ pain for 3 days, vomiting 6 h."},
        {"history": "Cough for 2 weeks, fever for 2 days.", "medical": "Cough 14 days."},
        {"chief": "Fever x3d", "history": "Fever for 3 days. Seizure 5 minutes."},
        {"history": "Chronic back pain for 10 years, acute back pain for 2 days.", "medical": "Back pain 2 days."},
        {"history": "Headache began 2 days ago. Each headache lasts 20 minutes.", "medical": "Headache for 48 hours."},
        {"chief": "Vomiting for 5 hours", "history": "Last night he began vomiting, 5 h ago."},
        {
            "past": "Chest pain 2 years ago.",
            "history": "Chest pain for 2 hours.",
            "medical": "Chest pain 2 h, last chest pain 2 years ago.",
        },
        {"history": "A week of cough.", "medical": "Cough 7 days. Return if cough lasts 3 weeks."},
        {
            "history": "Chest pain for 3 hours, prior episode of chest pain for 2 days last month.",
            "medical": "Chest pain 3 h.",
        },
        {
            "history": "Rash x 2 days. Fever x 5 days.",
            "medical": "Rash since 2 days, fever 5 d.",
            "disposition": "Discharged. Return for fever for 3 days.",
        },
        {
            "chief": "Abdominal pain 3 days",
            "history": "Intermittent abdominal pain for 6 months, now constant for 3 days.",
        },
    ],
)
def test_a_symptom_for_one_time_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []

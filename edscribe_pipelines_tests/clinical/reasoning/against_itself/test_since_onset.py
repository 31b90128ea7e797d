import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "time",
            {
                "history": "Arrived 10:02.",
                "ed": "10:26 cefepime 2 g IV.",
                "medical": "Antibiotic 94 min after arrival.",
            },
        ),
        (
            "time",
            {
                "chief": "Snake bite right foot, 1 hour 20 min back",
                "history": "Bitten on the right foot at 3:00 pm in the field. Triage 7:20 pm.",
            },
        ),
        (
            "time",
            {
                "history": "61 year old man, crushing chest pain came on at 14:20. Arrived 21:08.",
                "medical": "Inferior STEMI at 50 minutes, lysis given.",
            },
        ),
        (
            "time",
            {"history": "Palpitations began about 06:30. Triage 14:20. It has not let up in the two hours since."},
        ),
        (
            "time",
            {
                "history": "EMS: seizure started 09:30. Arrived 10:02.",
                "medical": "Seizing for 5 minutes on arrival, status epilepticus.",
            },
        ),
        (
            "time",
            {
                "ed": "10:05 paracetamol. 13:40 CT (3 h 25 min from onset).",
                "history": "At 07:15 sudden headache on her bike. Arrived 09:48.",
            },
        ),
        (
            "time",
            {
                "history": "LKW 09:10. Arrived 10:02. CT 10:15.",
                "ed": "10:40 tenecteplase 18 mg IV, door to needle 68 minutes.",
            },
        ),
        ("time", {"history": "Arrived 10:02.", "ed": "10:05 ECG. 10:58 cath lab, door-to-balloon 25 min."}),
        (
            "time",
            {
                "history": "LKW 06:10, arrived 10:02.",
                "ed": "10:38 tenecteplase 18 mg.",
                "medical": "Stroke, 88 minutes from onset, in the window.",
            },
        ),
        ("time", {"ed": "14:30 CPR started. 14:52 ROSC after 45 minutes of CPR."}),
        ("time", {"ed": "10:07 midazolam 5 mg. 10:09 seizure stopped. Started 10:00, about 25 minutes in all."}),
        ("time", {"ed": "13:00 reduction. 13:05 procedure ended, total time 35 minutes."}),
        ("time", {"history": "Chest pain began 3 hours ago at 11:00. Arrived 11:40."}),
    ],
)
def test_a_span_that_the_clock_does_not_give(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {
            "chief": "Snake bite right foot, 1 hour 20 min back",
            "history": "Bitten on the right foot at 6:00 pm in the field. Triage 7:20 pm.",
        },
        {
            "history": "61 year old man, crushing chest pain came on at 20:20. Arrived 21:08.",
            "medical": "Inferior STEMI at 50 minutes, lysis given.",
        },
        {"history": "Palpitations began about 06:30. Triage 14:20. Eight hours since."},
        {"history": "EMS: seizure started 09:30. Arrived 10:02.", "medical": "Seizing for 32 minutes on arrival."},
        {
            "history": "Chest pain started at 08:00, worse in the last 30 minutes. Arrived 11:40.",
            "ed": "Pain gone after 20 minutes.",
        },
        {
            "history": "Chest pain since 08:00, comes for 10 minutes at a time. Arrived 11:40.",
            "medical": "Pain lasting 10 minutes, 2 h troponin flat.",
        },
        {
            "history": "At 07:15 sudden headache peaking in under a minute. Arrived 09:48.",
            "ed": "10:40 CT (3 h 25 min from onset).",
        },
        {"history": "LKW 09:10. Arrived 10:02.", "ed": "10:40 tenecteplase, door to needle 38 minutes."},
        {"history": "Fell at 06:50. Lay 40 minutes. Arrived 08:14.", "medical": "Rhabdo: 40 min lie."},
        {"history": "Ate at 18:00, pain 2 hours later. Arrived 23:10."},
        {"history": "Pain began 3 days ago, worse since 06:00 today. Arrived 09:00.", "medical": "3 days of pain."},
        {"ed": "14:30 CPR started. 14:52 ROSC after 22 minutes of CPR."},
        {"ed": "Magnesium 2 g IV over 20 minutes at 10:05. Critical care time 55 min. 10:50 transfer."},
        {"ed": "10:05 ketorolac 15 mg IV. 11:05 pain 2/10 1 h after. Repeat troponin in 3 hours."},
        {
            "medical": "CT within 6 hours of onset is sensitive. tPA window 4.5 h. Troponin at 0 and 3 h.",
            "history": "Headache began 09:00. Arrived 10:00.",
        },
        {
            "history": "Woke with weakness at 06:00, last well 22:00 yesterday. Arrived 07:10.",
            "medical": "Wake-up stroke, 9 h since last well.",
        },
        {"history": "Took pills at 18:00 yesterday. Arrived 09:00.", "medical": "15 h after ingestion."},
        {
            "history": "Symptoms started at 21:00, arrived 23:35. Cold for two days.",
            "ed": "03:05: 3 h after the nebulizer.",
        },
        {"ed": "Observed 6 hours, home 22:30. 16:20 adrenaline.", "history": "Stung 15:50. Arrived 16:15."},
    ],
)
def test_a_span_that_the_clock_gives_or_another_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []

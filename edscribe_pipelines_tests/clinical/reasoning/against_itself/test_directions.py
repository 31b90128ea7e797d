import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("change", {"labs": "Lactate 2.1.", "ed": "Lactate improved from 2.1 to 4.6 after fluids."}),
        ("change", {"ed": "Pain improved from 4/10 to 9/10 after ketorolac."}),
        ("change", {"ed": "SpO2 rose from 96% to 84% on 4 L."}),
        ("change", {"ed": "BP dropped from 92/50 to 134/80 after the bolus."}),
        ("change", {"ed": "HR came down from 88 to 142 with diltiazem."}),
        ("change", {"medical": "Respiratory failure: breath count 12 rising to 8."}),
        ("change", {"medical": "Hgb fell from 8.2 to 11.9 over two days."}),
        ("change", {"ed": "GCS improved from 13 to 8 after naloxone."}),
        ("change", {"ed": "K down to 6.4 from 5.1 after insulin."}),
        ("change", {"labs": "Troponin 40 -> 12 (rising)."}),
        ("change", {"labs": "Creatinine 2.8, up from 4.1 last month."}),
        ("change", {"labs": "Hgb 13.9, down from 10.8 in June."}),
        ("change", {"ed": "Peak flow improved from 340 to 180."}),
    ],
)
def test_a_change_the_other_way(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {"ed": "Lactate improved from 4.6 to 2.1."},
        {"ed": "Pain from 9/10 to 3/10, improved."},
        {"ed": "SpO2 rose from 84% to 96% on 4 L."},
        {"ed": "BP dropped from 134/80 to 92/50."},
        {"ed": "HR came down from 142 to 88."},
        {"medical": "Breath count 12 rising to 20."},
        {"medical": "Hgb fell from 11.9 to 8.2."},
        {"ed": "Nitroglycerin was raised from 100 to 200 mcg/min. Propofol reduced to 20 from 30."},
        {"ed": "Symptoms improved from 10:00 to 12:30."},
        {"labs": "Troponin 12 -> 40 (rising)."},
        {"labs": "Hgb 6.9 (was 10.8 in June)."},
        {"labs": "Creatinine 2.8, up from 1.1; K 5.1, down from 6.4."},
        {"ed": "Improved from 8 to 3 of 10. Increased to 4 L. Weaned from 6 L to 2 L."},
        {
            "ed": "HR improved from 38 to 62 after atropine. BP improved from 220/120 to 160/90. BP improved "
            "from 80/40 to 110/70."
        },
        {"history": "Weight dropped from 80 kg to 72 kg. Insulin increased from 10 units to 14 units."},
        {"ed": "Glucose improved from 38 to 124. Glucose improved from 510 to 240. Na improved from 118 to 124."},
        {"ed": "Temp improved from 31.2 to 36.1. Temp down from 39.6 to 37.9."},
        {"ed": "RR improved from 6 to 14 after naloxone. INR dropped from 6.8 to 1.4."},
    ],
)
def test_a_change_as_its_figures_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []

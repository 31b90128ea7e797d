import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("sum", {"labs": "Na 140, Cl 102, HCO3 12, anion gap 16."}),
        ("sum", {"labs": "Osmolality 338, calculated 290, osmolal gap 18."}),
        ("sum", {"labs": "Na 140, BUN 14, glucose 90, calculated osm 325."}),
        ("product", {"labs": "PEF 180 (40% pred) -> 340 (56%) after nebs."}),
        ("product", {"labs": "Peak flow 240, 80% of best 450."}),
        ("sum", {"physical": "BP 90/60, MAP 92, HR 120."}),
        ("sum", {"physical": "BP 90/60, HR 120, shock index 0.6."}),
        ("sum", {"labs": "PaO2 60 on FiO2 0.5, P/F 220."}),
        ("product", {"history": "Swallowed 30 tablets of acetaminophen 500 mg (15 g, 110 mg/kg). Weight 60 kg."}),
        ("product", {"physical": "Weight 80 kg (110 lb)."}),
        ("product", {"physical": "T 38.5 C (97.2 F)."}),
        ("sum", {"labs": "Na 122, glucose 600, corrected Na 142."}),
        ("score", {"medical": "HEART score 4 (H2 E1 A2 R2 T0)."}),
        ("score", {"medical": "HEART 3: history 1, ECG 0, age 2, risk factors 1, troponin 0."}),
        ("score", {"medical": "NIHSS 12 (face 2, arm 3, leg 2, language 1)."}),
        ("score", {"medical": "CHA2DS2-VASc 4 (age 1, hypertension 1)."}),
        ("score", {"medical": "CHA2DS2-VASc score is 4, one for age and one for hypertension."}),
        ("product", {"ed": "30 mL/kg crystalloid (1,200 mL) for 80 kg.", "physical": "Weight 80 kg."}),
        ("product", {"medical": "Burn 36% TBSA: 9% left arm, 9% trunk."}),
        ("product", {"history": "2 ppd for 20 years, 20 pack-years."}),
        ("sum", {"physical": "Height 180 cm, weight 80 kg, BMI 34."}),
        ("score", {"medical": "Wells PE 6.0: HR 1.5, immobilization 1.5."}),
    ],
)
def test_a_calculation_that_fails(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {"labs": "Na 140, Cl 102, HCO3 12, anion gap 26."},
        {"labs": "Na 140, K 4.1, Cl 102, HCO3 12, anion gap 30."},
        {"labs": "Na 140, Cl 102, HCO3 12, anion gap 26. Repeat 2 h: gap 14."},
        {"labs": "Osmolality 338, calculated 290, osmolal gap 48."},
        {"labs": "Na 131, BUN 26, glucose 536, calculated osm 301."},
        {"labs": "PEF 180 (40% pred) -> 340 (76%)."},
        {"labs": "Peak flow 360, 80% of best 450."},
        {"physical": "BP 90/60, MAP 70, HR 120, shock index 1.3."},
        {"labs": "PaO2 60 on FiO2 0.5, P/F 120. PaO2 60 on 0.40 FiO2, P/F 150."},
        {"history": "Swallowed 30 tablets of acetaminophen 500 mg (15 g, 250 mg/kg). Weight 60 kg."},
        {"physical": "Weight 80 kg (176 lb). T 38.5 C (101.3 F)."},
        {"labs": "Na 122, glucose 600, corrected Na 130. Glucose 800, Na 120, corrected 131."},
        {"medical": "HEART score 7 (H2 E1 A2 R2 T0)."},
        {"medical": "HEART 4: history 1, ECG 0, age 2, risk factors 1, troponin 0."},
        {"medical": "CHA2DS2-VASc 2 (age 1, hypertension 1)."},
        {"medical": "CHA2DS2-VASc score is 2, one for age and one for hypertension."},
        {"ed": "30 mL/kg crystalloid (2,400 mL) for 80 kg. 30 mL/kg ideal (1,800 mL).", "physical": "Weight 80 kg."},
        {"medical": "Burn 18% TBSA: 9% left arm, 9% trunk."},
        {"history": "1 ppd for 20 years, 20 pack-years."},
        {"physical": "Height 180 cm, weight 80 kg, BMI 24.7."},
        {"medical": "Wells 3.0: HR 1.5, immobilization 1.5."},
        {"medical": "HEART 3 (age, risk factors, history). NIHSS 4 -> 2."},
    ],
)
def test_a_calculation_that_comes_out_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []

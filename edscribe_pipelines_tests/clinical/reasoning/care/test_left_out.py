import pytest

from edscribe_pipelines_tests.clinical.reasoning.care.asked import asked


@pytest.mark.parametrize(
    ("note", "matter"),
    [
        ("Laceration, last tetanus 11 years ago. Sutured. Home.", "tetanus_booster"),
        ("Crush injury with soil; Tdap 7 years ago. Cleaned, home.", "tetanus_booster_in_a_dirty_wound"),
        ("Severe asthma exacerbation: duonebs x3, magnesium 2 g IV.", "steroid_in_moderate_or_severe_asthma"),
        ("23F RLQ abdominal pain. CT abdomen: normal appendix.", "pregnancy_test_before_radiation"),
        ("STEMI. Heparin 4000 units. No aspirin given.", "aspirin_in_acute_coronary_syndrome"),
        ("8 wks pregnant, vaginal bleeding. Rh status not checked.", "Rh_status_in_bleeding_of_pregnancy"),
        ("Syncope while jogging. No ECG done. Home.", "ECG_in_syncope_chest_pain_or_palpitations"),
        ("Cat bite to the finger, washed out, home.", "antibiotics_in_a_high_risk_bite"),
        ("Offered admission, patient declined. Discharged home.", "capacity_and_risks_of_a_refusal"),
    ],
)
def test_a_step_left_out_is_asked_for(note: str, matter: str) -> None:
    assert (f"care.{matter}", "warning") in asked(note)
    assert {severity for _, severity in asked(note)} == {"warning"}


@pytest.mark.parametrize(
    "note",
    [
        "Laceration, last tetanus 11 years ago. Tdap 0.5 mL IM given.",
        "Clean laceration, last tetanus 3 years ago. Sutured.",
        "Clean kitchen laceration, last tetanus 7 years ago, sutured.",
        "Laceration, tetanus up to date.",
        "Severe asthma exacerbation: duonebs, methylprednisolone 125 mg IV.",
        "Asthma exacerbation, mild, albuterol 2 puffs. Home.",
        "PMH: asthma, moderate persistent. Here for ankle sprain.",
        "23F RLQ abdominal pain. hCG negative. CT: normal appendix.",
        "23F RLQ abdominal pain, s/p hysterectomy. CT normal.",
        "62F abdominal pain. CT normal.",
        "23M RLQ abdominal pain. CT: appendicitis.",
        "STEMI. Aspirin 324 mg, heparin.",
        "NSTEMI. No aspirin given because of anaphylaxis to aspirin.",
        "8 wks pregnant, vaginal bleeding, Rh positive.",
        "Vaginal bleeding, not pregnant, hCG negative.",
        "Syncope. ECG normal, no ECG changes.",
        "Cat bite, augmentin started.",
        "Offered admission, declined; has capacity, risks explained.",
    ],
)
def test_a_step_that_was_done_or_is_not_due_is_quiet(note: str) -> None:
    assert asked(note) == []

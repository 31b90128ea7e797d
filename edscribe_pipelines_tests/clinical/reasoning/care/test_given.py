import pytest

from edscribe_pipelines_tests.clinical.reasoning.care.asked import asked


@pytest.mark.parametrize(
    ("note", "matter"),
    [
        ("Cocaine chest pain: metoprolol 5 mg IV given.", "beta_blocker_in_cocaine_use"),
        ("TCA overdose. Flumazenil 0.5 mg IV.", "flumazenil_in_tricyclic_overdose_or_seizures"),
        ("Inferior STEMI with RV involvement: nitroglycerin 0.4 mg SL.", "nitrate_in_right_ventricular_infarction"),
        ("Took sildenafil last night. Chest pain: NTG 0.4 mg SL.", "nitrate_after_a_phosphodiesterase_inhibitor"),
        ("WPW with AF: diltiazem 20 mg IV.", "slowed_AV_node_in_pre_excited_fibrillation"),
        ("Upper GI bleed: ketorolac 15 mg IV.", "NSAID_in_gastrointestinal_bleeding"),
        ("Myasthenia gravis: levofloxacin 750 mg IV.", "drug_that_worsens_myasthenia"),
        ("Parkinson's disease. Metoclopramide 10 mg IV.", "dopamine_antagonist_in_Parkinson_disease"),
    ],
)
def test_a_drug_against_what_the_note_tells_warns_and_says_that_it_is_care(note: str, matter: str) -> None:
    assert asked(note) == [(f"care.{matter}", "warning")]


@pytest.mark.parametrize(
    "note",
    [
        "Cocaine chest pain: lorazepam 2 mg IV. Metoprolol avoided.",
        "Denies cocaine. SVT: metoprolol 5 mg IV.",
        "UDS cocaine negative. AF RVR: metoprolol 5 mg IV.",
        "Remote cocaine use 2015. SVT: esmolol drip.",
        "TCA overdose. Flumazenil not given.",
        "Procedural sedation reversed with flumazenil 0.2 mg IV.",
        "Denies sildenafil use. NTG 0.4 mg SL.",
        "Sildenafil last taken 2 weeks ago. NTG 0.4 mg SL.",
        "AF with RVR: diltiazem 20 mg IV. No WPW.",
        "Upper GI bleed. Ketorolac avoided.",
        "History of GI bleed 2010. Ketorolac 15 mg IV for renal colic.",
        "Myasthenia gravis: ceftriaxone 1 g IV.",
        "Parkinson's disease. Ondansetron 4 mg IV.",
        "PMH: subdural hematoma 2012.\nED Course: PE. Heparin 80 units/kg IV.",
    ],
)
def test_a_drug_that_was_not_given_or_a_situation_that_is_none_is_quiet(note: str) -> None:
    assert asked(note) == []

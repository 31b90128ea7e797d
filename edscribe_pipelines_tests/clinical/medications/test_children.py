import pytest

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.medications.children import check_child_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of


def rules(age: str = "A 16-month-old girl.", years: float = 1.3, **sections: str) -> list[tuple[str, str]]:
    note = note_of(**{"history": age, "ed": "Observed.", **sections})
    return [(f["rule"], f["severity"]) for f in check_child_doses(parse_note(note), None, years)]


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("Weight 10.2 kg. Acetaminophen 500 mg PO given.", "dose.acetaminophen.child"),
        ("Wt 22 lb. Ibuprofen 400 mg PO given.", "dose.ibuprofen.child"),
        ("Weight 12 kg. Midazolam 6 mg IV given.", "dose.midazolam.child"),
        ("Weight 12 kg. Ceftriaxone 4 g IV given.", "dose.ceftriaxone.child"),
        ("Ketamine 200 mg IV given.", "dose.ketamine.child"),
        ("Weight 12 kg. Ondansetron 8 mg PO given.", "dose.ondansetron.child"),
        ("Weight 11 kg. Acetaminophen 650 mg PR given.", "dose.acetaminophen.child"),
        ("Weight 11 kg. Albuterol 25 mg nebulized.", "dose.albuterol.child"),
        ("Weight 11 kg. NS 2000 mL bolus over 20 minutes.", "dose.fluid.child"),
        ("Weight 11 kg. NS bolus 200 mL/kg given.", "dose.fluid.child"),
        ("Weight 11 kg. 3% hypertonic saline 50 mL/kg IV given.", "dose.hypertonic_saline.child"),
    ],
)
def test_dose_far_above_the_weight_of_a_child_blocks(said: str, rule: str) -> None:
    assert rules(ed=said) == [(rule, "critical")]


@pytest.mark.parametrize(
    "said",
    [
        "Weight 10.2 kg. Acetaminophen 150 mg PO given.",
        "Weight 12 kg. Ondansetron 2 mg PO given.",
        "Weight 12 kg. Ketamine 60 mg IM given.",
        "Weight 12 kg. Dexamethasone 7.2 mg PO given.",
        "Weight 12 kg. Epinephrine 0.12 mg IM given.",
        "Weight 12 kg. Amoxicillin 540 mg PO BID for 10 days prescribed.",
        "Acetaminophen 240 mg PO given.",
        "Weight 11 kg. Acetaminophen 325 mg PR given.",
        "Weight 11 kg. 2.25% racemic epinephrine 0.5 mL in 3 mL saline by nebulizer.",
        "Weight 11 kg. Nebulized epinephrine 1:1000 5 mL given.",
        "Weight 11 kg. Albuterol 2.5 mg neb x 3 given.",
        "Weight 11 kg. NS bolus 20 mL/kg x 3 given.",
        "Weight 11 kg. D5NS 1 L bag at 42 mL/h.",
        "CSF: glucose 48, gram stain negative.",
        "Weight 11 kg. Amoxicillin 90 mg/kg/day prescribed.",
        "Weight 10.2 kg. Acetaminophen 500 mg PO was not given.",
    ],
)
def test_usual_dose_of_a_child_is_quiet(said: str) -> None:
    assert rules(ed=said) == []


def test_dose_far_above_every_adults_blocks_in_a_child_too() -> None:
    assert rules("A 15-year-old boy.", 15, ed="Ketorolac 1500 mg IV given.") == [("dose.ketorolac.single", "critical")]


def test_every_drug_of_the_table_is_one_that_mentions_know() -> None:
    drugs = {row["drug"] for row in read_table("drug_names.csv")}
    rows = read_table("child_doses.csv")
    assert {row["drug"] for row in rows} <= drugs
    assert len({row["drug"] for row in rows}) >= 40


@pytest.mark.parametrize(
    ("sections", "rule"),
    [
        ({"physical": "SpO2 198% RA."}, "vital.spo2_pct.impossible"),
        ({"physical": "T 49.4 C."}, "vital.temperature_degf.impossible"),
        ({"physical": "BP 52/92."}, "vital.pressures_reversed"),
        ({"allergies": "Sulfa: hives.", "disposition": "Home. Sulfatrim 5 mL PO BID for 10 days."}, "allergy.conflict"),
        ({"disposition": "Discharged home with mother. Admitted to the PICU."}, "disposition.contradiction"),
        ({"ed": "Weight 10 kg. Ibuprofen 1000 mg PO given."}, "dose.ibuprofen.child"),
    ],
)
def test_note_of_a_child_is_held_to_what_is_true_at_any_age(sections: dict[str, str], rule: str) -> None:
    report = check_note(note_of(**{"history": "A 16-month-old girl with fever.", **sections}))
    assert rule in {finding["rule"] for finding in report.findings if finding["severity"] == "critical"}


def test_rules_of_adults_stay_off_in_a_child_and_the_note_says_so() -> None:
    note = note_of(history="A 2-month-old boy with chest pain.", physical="HR 165, RR 48, BP 78/44, SpO2 98%.")
    found = {finding["rule"]: finding for finding in check_note(note).findings}
    assert not any(rule.startswith(("vital.", "rule_out.", "protocol.")) for rule in found)
    assert "Not applied: alarm limits" in found["scope.under_18"]["message"]


def test_a_third_above_the_most_of_the_weight_warns() -> None:
    assert rules(ed="Weight 10 kg. Ibuprofen 150 mg PO given.") == [("dose.ibuprofen.child", "warning")]
    assert rules(ed="Ibuprofen 150 mg PO given.") == []


def test_racemic_epinephrine_of_tenfold_volume_blocks() -> None:
    found = rules(ed="Weight 11 kg. Racemic epinephrine 2.25% 5 mL in 3 mL saline by nebulizer.")
    assert found == [("dose.racemic_epinephrine.gross", "critical")]

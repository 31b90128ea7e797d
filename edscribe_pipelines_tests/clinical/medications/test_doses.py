import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses, dose_limits
from edscribe_pipelines.clinical.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of


def judged(note: str, severity: str) -> list[str]:
    return [note[f["start"] : f["end"]] for f in check_doses(note) if f["severity"] == severity]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("Given fentanyl 500 mcg.", "fentanyl 500 mcg"),
        ("Given fentanyl 1 mg.", "fentanyl 1 mg"),
        ("Given morphine sulfate 20 mg.", "morphine sulfate 20 mg"),
        ("Given morphine 4 mg x5 for pain.", "morphine 4 mg x5"),
        ("morphine 4 mg IV q5min x 5", "morphine 4 mg IV q5min x 5"),
        ("morphine 4 mg IV five times", "morphine 4 mg IV five"),
        ("midazolam 10000 mcg", "midazolam 10000 mcg"),
        ("midazolam 15,000 mcg IV", "midazolam 15,000 mcg IV"),
        ("Epinephrine 1 mg IM into the thigh", "Epinephrine 1 mg IM"),
        ("IM epinephrine 1 mg", "epinephrine 1 mg"),
        ("alteplase 120 mg", "alteplase 120 mg"),
        ("tPA 120 mg IV over an hour", "tPA 120 mg IV"),
        ("She received 20 mg of IV morphine.", "20 mg of IV morphine"),
        ("gave 4 mg morphine and 500 mcg fentanyl", "500 mcg fentanyl"),
        ("Versed 20 mg", "Versed 20 mg"),
        ("morphine 0.02 g IV", "morphine 0.02 g IV"),
        ("lorazepam 6 mg IV", "lorazepam 6 mg IV"),
        ("atropine 1 mg x4", "atropine 1 mg x4"),
        ("adenosine 6 mg then 18 mg", "18 mg"),
        ("amiodarone 450 mg IV", "amiodarone 450 mg IV"),
        ("naloxone 4 mg x3", "naloxone 4 mg x3"),
        ("STEMI on ECG, aspirin 650 mg chewed", "aspirin 650 mg chewed"),
        ("nitroglycerin 0.8 mg SL", "nitroglycerin 0.8 mg SL"),
        ("cardiac arrest, epinephrine 10 mg IV", "epinephrine 10 mg IV"),
        ("code stroke, alteplase 95 mg", "alteplase 95 mg"),
        ("54 year old with a history of gout given fentanyl 500 mcg", "fentanyl 500 mcg"),
        ("No relief from fentanyl 500 mcg", "fentanyl 500 mcg"),
        ("No known allergies. Morphine 20 mg IV was given.", "Morphine 20 mg IV"),
        ("received fentanyl (500 mcg)", "fentanyl (500 mcg"),
        ("Adrenaline 1 mg IM", "Adrenaline 1 mg IM"),
    ],
)
def test_a_dose_above_a_limit_is_critical_where_it_stands(note: str, said: str) -> None:
    assert judged(note, "critical") == [said]


@pytest.mark.parametrize(
    "note",
    [
        "morphine 4 mg IV x3",
        "fentanyl 200 mcg IV",
        "midazolam 10 mg IM",
        "epinephrine 1 mg IV x5 in cardiac arrest",
        "epinephrine 0.3 mg IM",
        "adenosine 6 mg then 12 mg",
        "alteplase 100 mg over 2 h, acute PE confirmed",
        "nitroglycerin 0.4 mg SL x3",
        "aspirin 325 mg, ACS suspected",
        "ACS unlikely; aspirin 650 mg for headache",
        "organophosphate poisoning, atropine 2 mg x5",
        "lorazepam 4 mg IV, then again: total of 8 mg lorazepam",
        "morphine 20 mg PO",
        "held morphine 20 mg",
        "morphine 20 mg was held",
        "avoid fentanyl 500 mcg",
        "No fentanyl 500 mcg given",
        "allergic to morphine 20 mg",
        "took aspirin 650 mg before coming, STEMI",
        "STEMI. Aspirin 650 mg at home.",
        "prescribed lorazepam 6 mg",
        "fentanyl 500 mcg/h",
        "ketamine 300 mg/h",
        "Morphine Sulfat 4mg/1mL 1mL VIAL",
        "Midazolam 50mg/50mL BAG",
        "Acetaminophen 325mg TAB",
        "Dispensed: Ketorolac 60mg at 3 min; Morphine 20mg at 12 min.",
        "racemic epinephrine 11.25 mg neb",
        "hydrocodone-acetaminophen 5-325 mg",
        "glucose 320 mg/dL, troponin 20 ng/L",
    ],
)
def test_no_cry_at_right_doses_withheld_doses_rates_and_strengths(note: str) -> None:
    assert check_doses(note) == []


@pytest.mark.parametrize("section", ["medications", "allergies", "past", "social"])
def test_home_medications_allergies_and_history_are_not_ed_orders(section: str) -> None:
    said = "Aspirin 650 mg, morphine 60 mg. STEMI in the past."
    assert check_doses(note_of(**{section: said})) == []
    assert judged(note_of(ed=said), "critical") == ["Aspirin 650 mg", "morphine 60 mg"]


def test_the_sublingual_total_warns() -> None:
    assert judged("nitroglycerin 0.4 mg SL x4", "warning") == ["nitroglycerin 0.4 mg SL x4"]


def test_messages_name_drug_limit_and_source_and_quote_no_note() -> None:
    (finding,) = check_doses("Zebrawood received fentanyl 512 mcg")
    assert finding["message"] == "Fentanyl: dose above 200 mcg (IM, IN, IO, IV, route not stated)."
    assert finding["citation"]
    assert "plan" in finding["citation"]


@pytest.mark.parametrize(
    ("drug", "maximum", "unit"),
    [
        ("morphine", 15, "mg"),
        ("fentanyl", 200, "mcg"),
        ("midazolam", 10, "mg"),
        ("lorazepam", 4, "mg"),
        ("epinephrine", 1, "mg"),
        ("atropine", 3, "mg"),
        ("adenosine", 12, "mg"),
        ("amiodarone", 300, "mg"),
        ("naloxone", 10, "mg"),
        ("aspirin", 325, "mg"),
        ("nitroglycerin", 0.4, "mg"),
    ],
)
def test_the_physicians_eleven_limits_are_critical_rows(drug: str, maximum: float, unit: str) -> None:
    assert any(
        (limit.maximum, limit.unit, limit.severity) == (maximum, unit, "critical") and "plan" in limit.citation
        for limit in dose_limits()[drug]
    )


def test_draft_rows_only_warn() -> None:
    rows = read_table("dose_limits.csv")
    assert {row["severity"] for row in rows if row["status"] == "draft"} == {"warning"}


def test_every_limit_is_of_a_named_drug_and_indication() -> None:
    drugs = {row["drug"] for row in read_table("drug_names.csv")}
    indications = {row["indication"] for row in read_table("indications.csv")} | {"any", ""}
    assert set(dose_limits()) <= drugs
    for row in read_table("dose_limits.csv"):
        assert {row["indication"], *row["except_indication"].split(";")} <= indications

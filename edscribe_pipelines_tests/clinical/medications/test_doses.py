from typing import Any

import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines_tests.clinical.invented import encounter, note_of


def findings(note: str, **facts: Any) -> list[Finding]:
    return check_doses(parse_note(note), encounter(**facts))


def judged(note: str, severity: str, **facts: Any) -> list[str]:
    return [note[f["start"] : f["end"]] for f in findings(note, **facts) if f["severity"] == severity]


def rules(note: str, severity: str = "critical", **facts: Any) -> list[str]:
    return [f["rule"] for f in findings(note, **facts) if f["severity"] == severity]


@pytest.mark.parametrize(
    ("note", "drug"),
    [
        ("Given fentanyl 500 mcg.", "fentanyl"),
        ("Given fentanyl 1 mg.", "fentanyl"),
        ("Given morphine sulfate 20 mg.", "morphine"),
        ("Given morphine 4 mg x5 for pain.", "morphine"),
        ("morphine 4 mg IV q5min x 5", "morphine"),
        ("morphine 4 mg IV five times", "morphine"),
        ("midazolam 10000 mcg", "midazolam"),
        ("midazolam 15,000 mcg IV", "midazolam"),
        ("Epinephrine 1 mg IM into the thigh", "epinephrine"),
        ("IM epinephrine 1 mg", "epinephrine"),
        ("alteplase 120 mg", "alteplase"),
        ("tPA 120 mg IV over an hour", "alteplase"),
        ("She received 20 mg of IV morphine.", "morphine"),
        ("gave 4 mg morphine and 500 mcg fentanyl", "fentanyl"),
        ("Versed 20 mg", "midazolam"),
        ("morphine 0.02 g IV", "morphine"),
        ("lorazepam 6 mg IV", "lorazepam"),
        ("atropine 1 mg x4", "atropine"),
        ("adenosine 6 mg then 18 mg", "adenosine"),
        ("amiodarone 450 mg IV", "amiodarone"),
        ("naloxone 4 mg x3", "naloxone"),
        ("STEMI on ECG, aspirin 650 mg chewed", "aspirin"),
        ("nitroglycerin 0.8 mg SL", "nitroglycerin"),
        ("cardiac arrest, epinephrine 10 mg IV", "epinephrine"),
        ("code stroke, alteplase 95 mg", "alteplase"),
        ("54 year old with a history of gout given fentanyl 500 mcg", "fentanyl"),
        ("No relief from fentanyl 500 mcg", "fentanyl"),
        ("No known allergies. Morphine 20 mg IV was given.", "morphine"),
        ("received fentanyl (500 mcg)", "fentanyl"),
        ("Adrenaline 1 mg IM", "epinephrine"),
        ("severe agitation, ketamine 300 mg IV", "ketamine"),
        ("cardiac arrest, epinephrine 1 mg IM", "epinephrine"),
        ("ketorolac 60 mg IV", "ketorolac"),
        ("vancomycin 15 g IV infusion", "vancomycin"),
        ("atrial fibrillation with RVR, amiodarone 300 mg IV", "amiodarone"),
        ("hyperkalemia, regular insulin 100 units IV", "insulin_regular"),
        ("diltiazem drip at 150 mg/h", "diltiazem"),
        ("RSI with etomidate 3 mg/kg IV", "etomidate"),
    ],
)
def test_a_dose_above_a_sourced_limit_is_critical(note: str, drug: str) -> None:
    (rule,) = rules(note)
    assert rule.split(".")[:2] == ["dose", drug]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("gave 4 mg morphine and 500 mcg fentanyl", "500 mcg fentanyl"),
        ("morphine 4 mg IV q5min x 5", "morphine 4 mg IV q5min x 5"),
        ("adenosine 6 mg then 18 mg", "18 mg"),
        ("Morphine 6 mg IV. Later morphine 5 mg IV. At discharge time morphine 8 mg IV.", "morphine 8 mg IV"),
    ],
)
def test_the_finding_stands_at_the_dose_that_was_too_much(note: str, said: str) -> None:
    assert judged(note, "critical") == [said]


@pytest.mark.parametrize(
    "note",
    [
        "morphine 4 mg IV x3",
        "fentanyl 100 mcg IV",
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
        "Morphine Sulfat 4mg/1mL 1mL VIAL",
        "Midazolam 50mg/50mL BAG",
        "Acetaminophen 325mg TAB",
        "Dispensed: Ketorolac 60mg at 3 min; Morphine 20mg at 12 min.",
        "racemic epinephrine 11.25 mg neb",
        "hydrocodone-acetaminophen 5-325 mg",
        "glucose 320 mg/dL, troponin 20 ng/L",
        "VF arrest, epinephrine 1 mg IO x3, amiodarone 300 mg IO then 150 mg",
        "RSI with ketamine 150 mg IV, succinylcholine 120 mg IV",
        "severe agitation, ketamine 400 mg IM",
        "potassium chloride 10 mEq IV",
        "vancomycin 1.5 g IV infusion",
        "hyperkalemia: calcium gluconate 2 g IV, regular insulin 10 units IV, dextrose 25 g IV",
        "DKA, insulin drip at 0.1 units/kg/h",
        "status epilepticus, levetiracetam 4500 mg IV",
    ],
)
def test_no_cry_at_right_doses_withheld_doses_and_strengths(note: str) -> None:
    assert findings(note) == []


@pytest.mark.parametrize(
    "note",
    [
        "fentanyl 500 mcg/h",
        "morphine 12 mg IV",
        "hydromorphone 4 mg IV",
        "diltiazem 30 mg IV",
        "nitroglycerin 0.4 mg SL x4",
        "epinephrine 0.12 mg IV for anaphylaxis",
    ],
)
def test_a_dose_above_a_limit_that_is_usual_or_not_well_sourced_warns(note: str) -> None:
    assert rules(note) == []
    assert len(rules(note, "warning")) == 1


@pytest.mark.parametrize("section", ["medications", "allergies", "past", "social"])
def test_home_medications_allergies_and_history_are_not_ed_orders(section: str) -> None:
    said = "Aspirin 650 mg, morphine 60 mg. STEMI in the past."
    assert findings(note_of(**{section: said})) == []


def test_the_same_words_in_the_ed_course_are_orders() -> None:
    assert judged(note_of(ed="STEMI. Aspirin 650 mg, morphine 60 mg."), "critical") == [
        "Aspirin 650 mg",
        "morphine 60 mg",
    ]


def test_a_course_that_is_retold_is_counted_once() -> None:
    course = "Morphine 4 mg IV, then morphine 4 mg IV, then morphine 6 mg IV."
    retold = "Improved on morphine 4 mg, another morphine 4 mg and morphine 6 mg."
    assert rules(note_of(ed=course, medical=retold)) == []
    assert rules(note_of(ed=course, medical="Another morphine 8 mg IV was needed.")) == ["dose.morphine.total"]


def test_sedation_after_intubation_goes_beyond_the_general_total_and_not_beyond_all_bounds() -> None:
    assert rules("Intubated. Fentanyl 100 mcg IV x4 while ventilated.") == []
    assert rules("Intubated. Fentanyl 100 mcg IV x9 while ventilated.") == ["dose.fentanyl.total"]


@pytest.mark.parametrize(
    "note",
    [
        "Weight 80 kg. Code stroke, alteplase 72 mg IV (0.9 mg/kg).",
        "Code stroke, alteplase 72 mg IV: 7.2 mg bolus, then 64.8 mg infusion of alteplase.",
        "Weight 100 kg. Lorazepam 4 mg IV (0.04 mg/kg), then lorazepam 4 mg IV. Seizure stopped.",
        "Tenecteplase 20 mg IV (0.25 mg/kg) for stroke.",
    ],
)
def test_a_dose_and_how_it_was_calculated_or_divided_is_one_dose(note: str) -> None:
    assert rules(note) == []


def test_a_dose_that_blocks_by_itself_is_one_finding() -> None:
    assert rules("Morphine 20 mg IV, then morphine 2 mg IV.") == ["dose.morphine.single"]


@pytest.mark.parametrize(
    ("note", "severity"),
    [
        ("promethazine 25 mg SC", "critical"),
        ("potassium chloride 40 mEq IV push", "critical"),
        ("benzathine penicillin 2400000 units IV", "critical"),
        ("olanzapine 10 mg IV", "warning"),
        ("ondansetron 4 mg SC", "warning"),
    ],
)
def test_a_route_that_harms_is_critical_and_an_unusual_one_warns(note: str, severity: str) -> None:
    (finding,) = findings(note)
    assert finding["rule"].endswith(".route")
    assert finding["severity"] == severity


@pytest.mark.parametrize(
    "note", ["promethazine 25 mg IM", "potassium chloride 10 mEq IV over an hour", "ketorolac 30 mg IM", "TXA 1 g IV"]
)
def test_a_usual_route_is_no_finding(note: str) -> None:
    assert findings(note) == []


def test_age_narrows_a_limit() -> None:
    assert rules("ketorolac 30 mg IV", age_years=72) == ["dose.ketorolac.single"]
    assert rules("ketorolac 30 mg IV", age_years=40) == []
    assert rules("72 year old woman with flank pain. Ketorolac 30 mg IV given.") == ["dose.ketorolac.single"]


def test_the_stated_weight_narrows_a_limit() -> None:
    note = "Weight 50 kg. Status epilepticus. Levetiracetam 4500 mg IV given."
    assert rules(note) == ["dose.levetiracetam.single"]
    assert rules(note.replace("50 kg", "80 kg")) == []


def test_a_dose_that_a_physician_confirmed_is_information() -> None:
    confirmed = [{"name": "Sublimaze", "amount": 0.5, "unit": "mg"}]
    (finding,) = findings("fentanyl 500 mcg IV", confirmed_doses=confirmed)
    assert (finding["rule"], finding["severity"]) == ("dose.fentanyl.confirmed", "information")
    assert finding["message"].endswith("confirmed by a physician.")


@pytest.mark.parametrize(
    "dose", [{"name": "fentanyl", "amount": 400, "unit": "mcg"}, {"name": "morphine", "amount": 500, "unit": "mcg"}]
)
def test_another_dose_stays_critical(dose: dict[str, Any]) -> None:
    assert rules("fentanyl 500 mcg IV", confirmed_doses=[dose]) == ["dose.fentanyl.single"]


def test_words_of_the_note_confirm_nothing() -> None:
    assert rules("Fentanyl 500 mcg IV was given, dose confirmed by the physician.") == ["dose.fentanyl.single"]


def test_a_confirmed_total_is_information() -> None:
    confirmed = [{"name": "morphine", "amount": 20, "unit": "mg"}]
    assert rules("morphine 4 mg IV x5", "information", confirmed_doses=confirmed) == ["dose.morphine.confirmed"]


def test_messages_name_drug_limit_and_source_and_quote_no_note() -> None:
    (finding,) = findings("Zebrawood received fentanyl 512 mcg")
    assert finding["message"] == "Fentanyl: dose above 200 mcg (IM, IN, IO, IV)."
    assert "plan" in (finding["citation"] or "")


def test_a_message_says_that_even_another_reason_or_a_heavy_patient_would_not_make_it_right() -> None:
    (indication,) = findings("epinephrine 1 mg IM")
    (weight,) = findings("verapamil 200 mg IV")
    assert "even for anaphylaxis" in indication["message"]
    assert "even at 130 kg" in weight["message"]


@pytest.mark.parametrize("note", ["", "\x00", "\ud800 morphine 20 mg", "morphine " * 500])
def test_any_text_is_judged(note: str) -> None:
    for finding in findings(note):
        assert 0 <= (finding["start"] or 0) <= (finding["end"] or 0) <= len(note)

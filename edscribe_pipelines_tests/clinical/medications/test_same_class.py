from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of


def judged(**said: str) -> list[tuple[str, str]]:
    found = check_doses(parse_note(note_of(**said)))
    return [(each["rule"], each["severity"]) for each in found if each["rule"].endswith(".duplicate")]


@pytest.mark.parametrize(
    ("rx", "drug"),
    [
        ("Ibuprofen 600 mg TID and naproxen 500 mg BID for 7 days", "naproxen"),
        ("New prescriptions: Toradol 10 mg PO q6h, Mobic 15 mg PO daily", "meloxicam"),
        ("Eliquis 5 mg BID; Coumadin 5 mg daily", "warfarin"),
        ("Enoxaparin 80 mg SC BID and apixaban 10 mg BID", "apixaban"),
        ("Lisinopril 20 mg daily and losartan 50 mg daily", "losartan"),
        ("OxyContin 20 mg BID and MS Contin 30 mg BID", "morphine"),
        ("Fentanyl patch 50 mcg/h q72h and OxyContin 40 mg BID", "oxycodone"),
        ("Sertraline 100 mg daily and escitalopram 20 mg daily", "escitalopram"),
        ("Plavix 75 mg daily + Brilinta 90 mg BID", "ticagrelor"),
    ],
)
def test_two_drugs_of_a_class_warn_at_the_second(rx: str, drug: str) -> None:
    found = judged(disposition=f"Discharged home in good condition. {rx}.")
    assert (f"dose.{drug}.duplicate", "warning") in found


@pytest.mark.parametrize(
    "rx",
    [
        "Ibuprofen 600 mg TID or naproxen 500 mg BID for 7 days",
        "Stop ibuprofen 600 mg; start naproxen 500 mg BID",
        "Switched from lisinopril 20 mg daily to losartan 50 mg daily",
        "Ibuprofen 600 mg TID. Aspirin 81 mg daily continued",
        "Diclofenac 1% gel QID and ibuprofen 400 mg TID",
        "OxyContin 20 mg BID and oxycodone 5 mg q6h PRN",
        "Enoxaparin 80 mg SC BID as a bridge to warfarin 5 mg daily",
        "Naproxen 500 mg BID. Avoid other NSAIDs such as ibuprofen",
        "Apixaban 5 mg BID, stop rivaroxaban 20 mg",
        "Aspirin 81 mg, clopidogrel 75 mg, atorvastatin 80 mg, metoprolol 25 mg BID, lisinopril 5 mg daily",
        "Famotidine 20 mg BID and pantoprazole 40 mg daily",
        "Insulin glargine 20 units nightly and lispro 5 units with meals",
    ],
)
def test_what_replaces_another_or_goes_with_it_is_quiet(rx: str) -> None:
    assert judged(disposition=f"Discharged home in good condition. {rx}.") == []


def test_two_fibrinolytics_block_and_one_that_was_not_given_is_none() -> None:
    assert judged(ed="Alteplase 100 mg IV and tenecteplase 50 mg IV given.") == [
        ("dose.tenecteplase.duplicate", "critical")
    ]
    assert judged(ed="Alteplase 100 mg IV was not given; tenecteplase 20 mg IV given.") == []


def test_what_was_given_here_and_what_is_prescribed_are_two_settings() -> None:
    assert judged(ed="Ketorolac 15 mg IV given.", disposition="Home. Ibuprofen 600 mg q6h for 3 days.") == []


def test_every_drug_of_the_table_is_one_that_mentions_know() -> None:
    known = {row["drug"] for name in ("drug_names.csv", "drug_brands.csv") for row in read_table(name)}
    assert {drug for row in read_table("duplicate_classes.csv") for drug in row["drugs"].split(";")} <= known

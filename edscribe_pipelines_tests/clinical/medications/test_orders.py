"""Orders as they are written: volumes, cells, shared units, counts, rates. Each dose is above a limit that blocks."""

from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.medications.concentrations import concentration_beside
from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.medications.mentions import dose_mentions
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def rules(said: str, severity: str) -> list[str]:
    return [each["rule"] for each in check_doses(parse_note(said)) if each["severity"] == severity]


def times(said: str) -> int:
    return sum(dose.times for dose in dose_mentions(parse_note(said)))


@pytest.mark.parametrize(
    "said",
    [
        "Morphine 3 mL (10 mg/mL) IV given.",
        "Morphine 10 mg/mL, 3 mL IV given.",
        "Gave 3 mL of morphine 10 mg/mL IV.",
        "Epinephrine 1:1000 1 mL IM given.",
        "Lidocaine 2% 40 mL infiltrated.",
        "Lidocaine 1% without epi 60 mL injected locally.",
        "Heparin 20 mL of 1000 units/mL IV.",
        "Magnesium sulfate 50% 40 mL IV.",
        "Morphine\n40 mg IV given.",
        "| Morphine sulfate injection | IV | 40 mg |",
        "Medication: Morphine; Dose: 40 mg; Route: IV",
        "Morphine sulfate inj 40 mg IV given.",
        "Morphine 40 000 mcg IV given.",
        "Morphine 4 + 4 + 4 + 4 mg IV given.",
        "Morphine IV 6, 6 and 8 mg.",
        "Lorazepam 4 mg IV #2, #3 at 0206, #4 at 0207.",
        "Lorazepam 4 mg IV, repeated twice.",
        "Lorazepam 4 mg IV given at 0200, 0205 and 0210.",
        "Octreotide 50 mcg IV bolus 2005 then 50 mg/h IV gtt.",
        "Amiodarone 150 mg over 10 minutes, then 10 mg/min.",
        "Norepinephrine 8 mg in 250 mL at 5 mg/min.",
        "Heparin 80 units/kg bolus then 180 units/kg/h, weight 80 kg.",
    ],
)
def test_an_order_is_read_however_it_is_written(said: str) -> None:
    assert rules(said, "critical")


@pytest.mark.parametrize(
    "said",
    [
        "Morphine 4 mg (0.4 mL of 10 mg/mL) IV.",
        "Lidocaine 1% 10 mL infiltrated.",
        "Epinephrine 1:1000 0.3 mL IM for anaphylaxis.",
        "D50 50 mL IV for hypoglycemia.",
        "Calcium chloride 10% 10 mL IV.",
        "Nitroglycerin 50 mg/250 mL at 10 mcg/min.",
        "Aspirin\n10 mg oxycodone PO given.",
        "Morphine 4 mg IV, may be repeated twice.",
    ],
)
def test_a_right_order_stays_right(said: str) -> None:
    assert rules(said, "critical") == []


def test_a_volume_without_its_concentration_is_asked_for() -> None:
    assert rules("Morphine 10 mL IV given.", "warning") == ["dose.morphine.unread"]
    assert rules("Tdap 0.5 mL IM.", "warning") == []


@pytest.mark.parametrize(
    ("said", "amount", "unit"),
    [
        ("5 mL (2 mg/mL)", 2, "mg"),
        ("5 mL of 1:10,000", 0.1, "mg"),
        ("5 mL of 2 %", 20, "mg"),
        ("5 mL, 8 mg in 4 mL", 2, "mg"),
    ],
)
def test_a_concentration_is_what_one_ml_holds(said: str, amount: float, unit: str) -> None:
    assert concentration_beside(said, 0, 0, 4) == (pytest.approx(amount), unit)


def test_doses_are_counted_as_they_are_listed() -> None:
    assert times("Lorazepam 2 mg IV #1, #2.") == 2
    assert times("Lorazepam 2 mg IV, repeated x2.") == 3
    assert times("Lorazepam 2 mg IV, may be repeated x2.") == 1
    assert times("Lorazepam 2 mg IV at 0200 and 0210.") == 2


def test_the_reason_in_the_sentence_of_the_dose_comes_first() -> None:
    elsewhere = "Acute pulmonary embolism considered. "
    assert rules(elsewhere + "Alteplase 100 mg IV given for stroke.", "critical")
    assert rules("Acute stroke last year. Alteplase 100 mg IV given for acute PE.", "critical") == []


def test_a_denied_diagnosis_is_no_reason() -> None:
    assert rules("EtOH withdrawal - no history. Lorazepam 4 mg IV x4.", "critical")


def test_what_others_gave_is_held_to_gross_errors_alone() -> None:
    assert rules("EMS gave midazolam 10 g IM.", "critical")
    assert rules("EMS gave midazolam 12 mg IM.", "critical") == []


@pytest.mark.parametrize(
    ("medications", "blocks"),
    [
        ("Levothyroxine 88 mg daily", True),
        ("Levothyroxine 88 mcg daily", False),
        ("Omeprazole 20 mcg daily", True),
        ("Carvedilol 12.5 g twice daily", True),
        ("Carvedilol 12.5 mg twice daily", False),
    ],
)
def test_a_home_dose_far_beyond_what_anybody_takes_blocks(medications: str, blocks: bool) -> None:
    found = rules(note_of(medications=medications), "critical")
    assert any(rule.endswith(".home_unit") for rule in found) == blocks


def test_a_home_dose_somewhat_beyond_what_is_taken_warns() -> None:
    assert rules(note_of(medications="Omeprazole 2.2 mg"), "warning") == ["dose.omeprazole.home_unit"]
    assert not rules(note_of(medications="Omeprazole 2.2 mg"), "critical")


@pytest.mark.parametrize("said", ["Swallowed 20 g of acetaminophen.", "Overdose: took acetaminophen 20 g at six."])
def test_an_overdose_that_the_history_tells_never_blocks(said: str) -> None:
    assert not rules(note_of(history=said), "critical")


def test_a_tenfold_dose_blocks_though_its_row_only_warns_and_a_physician_lets_it_pass() -> None:
    (rule,) = rules("Magnesium sulfate 20 g IV given.", "critical")
    assert rule == "dose.magnesium_sulfate.gross"
    assert rules("Magnesium sulfate 5 g IV given.", "critical") == []

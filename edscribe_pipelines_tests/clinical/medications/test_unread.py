import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def found(said: str) -> list[tuple[str, str]]:
    findings = check_doses(parse_note(note_of(ed=said)))
    return [(each["rule"].rpartition(".")[2], each["severity"]) for each in findings]


@pytest.mark.parametrize(
    "said",
    [
        "Morphine 4 blorps IV given.",
        "Heparin 5,0#0 units IV given.",
        "Vancomycin 1..7.5 [illegible] IV given.",
        "Fentanyl xx mcg IV given.",
        "Enoxaparin [illegible] SC given.",
        "Ativan (dose illegible) IV given.",
        "Methylprednisolone 12S mg IV given.",
        "Propofol 5o mg IV given.",
        "Furosemide 4* mg IV push.",
        "Haloperidol 5 nng IM given.",
        "Lorazepam 2 m IV given.",
    ],
)
def test_a_dose_that_cannot_be_read_is_asked_for(said: str) -> None:
    assert found(said) == [("unreadable", "warning")]


@pytest.mark.parametrize(
    "said",
    [
        "Morphine 4 mg IV given.",
        "Albuterol 2 puffs given.",
        "Norco 5/325 x 2 tabs PO given.",
        "Ondansetron given IV at 0930.",
        "Vancomycin per pharmacy.",
        "Glucose 450, insulin drip started, K 3.8.",
        "Magnesium 2.1, calcium 9.4, lactate 1.8.",
        "Lidocaine patch x1.",
        "Ketorolac 0930 IV.",
        "Heparin drip per protocol.",
        "Morphine 4 mg IV at 0300 and 0400.",
    ],
)
def test_a_dose_that_can_be_read_a_count_a_time_and_a_value_are_quiet(said: str) -> None:
    assert found(said) == []


def test_a_number_without_its_unit_is_never_passed_over() -> None:
    assert found("Ondansetron 4 IV given.") == [("no_unit", "information")]


def test_the_unit_of_a_high_alert_drug_is_asked_for_unless_the_note_tells_it() -> None:
    assert found("Morphine 4 IV given.") == [("no_unit", "warning")]
    assert ("no_unit", "information") in found("Morphine 4 mg IV at 13:00. Morphine 4 IV at 14:00.")

import pytest

from edscribe_pipelines_tests.clinical.reasoning.care.asked import asked


@pytest.mark.parametrize(
    ("note", "matter"),
    [
        ("Septic. Cefepime 2 g IV at 14:12. Blood cultures drawn at 14:50.", "blood_cultures_before_antibiotics"),
        ("Blood cultures were obtained after antibiotics. Pneumonia.", "blood_cultures_before_antibiotics"),
        ("Chest pain. Registered 07:00, first ECG 07:48, NSR.", "ECG_within_ten_minutes_of_arrival"),
        ("ECG obtained 35 minutes after arrival for chest pain.", "ECG_within_ten_minutes_of_arrival"),
    ],
)
def test_a_step_too_late_warns(note: str, matter: str) -> None:
    assert asked(note) == [(f"care.{matter}", "warning")]


@pytest.mark.parametrize(
    "note",
    [
        "Septic. Blood cultures drawn at 14:12. Cefepime 2 g IV at 14:50.",
        "Blood cultures were obtained before antibiotics. Pneumonia.",
        "Cellulitis. Cefazolin 1 g IV at 10:05. Wound culture sent 10:40.",
        "Chest pain. Registered 07:00, first ECG 07:06, NSR. Repeat ECG 07:48.",
        "ECG within 8 minutes of arrival for chest pain.",
        "Ankle sprain. Arrived 08:00, ECG 09:00 before the operation.",
    ],
)
def test_a_step_in_time_is_quiet(note: str) -> None:
    assert asked(note) == []


def test_a_protocol_that_asks_for_the_order_already_is_not_repeated() -> None:
    assert asked("Sepsis due to pneumonia. 10:05 ceftriaxone 2 g given. 10:40 blood cultures x2 drawn.") == []

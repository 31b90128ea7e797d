import pytest

from edscribe_pipelines.clinical.stated.esi import stated_acuity


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("ESI 2", 2),
        ("ESI: 3", 3),
        ("ESI-3", 3),
        ("ESI level: 3", 3),
        ("ESI level II", 2),
        ("assigned ESI of 4", 4),
        ("Triage acuity 2", 2),
        ("Acuity: 5", 5),
        ("Triage level 3", 3),
        ("Emergency Severity Index (ESI): 1", 1),
        ("ESI 2. Seen again: ESI 2", 2),
        ("ESI 6", None),
        ("ESI 22", None),
        ("ESI 2-3", None),
        ("ESI 2 or 3", None),
        ("ESI 3, upgraded to ESI 2", None),
        ("not ESI 1", None),
        ("previous visit ESI 2", None),
        ("lumbar ESI 2 weeks ago", None),
        ("ESI 3 months ago", None),
        ("L4-5 ESI x2", None),
        ("visual acuity 2", None),
    ],
)
def test_acuity_is_one_level_stated_of_this_stay(words: str, level: int | None) -> None:
    assert stated_acuity(f"HPI: {words}") == level


def test_acuity_in_the_history_is_of_another_stay() -> None:
    assert stated_acuity("PMH: ESI 2") is None

import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules


@pytest.mark.parametrize(
    ("said", "is_off"),
    [
        ("Adenosine 6 mg IV, then adenosine 12 mg IV. Reverted with adenosine 12 mg total.", True),
        ("Adenosine 6 mg IV, then adenosine 12 mg IV. Reverted with adenosine 18 mg total.", False),
        ("Atropine 2 mg IV at 19:15, 4 mg at 19:20, 8 mg at 19:25 (total 24 mg).", True),
        ("Atropine 2 mg IV at 19:15, 4 mg at 19:20, 8 mg at 19:25 (total 14 mg).", False),
        ("Atropine 2 mg IV, doubled: 4, 8, 16 mg, total 30 mg.", False),
        ("Morphine 4 mg IV, morphine 2 mg IV, maximum total 10 mg.", False),
    ],
)
def test_doses_add_up_to_their_total(said: str, is_off: bool) -> None:
    assert (("total", "warning") in rules(ed=said)) is is_off

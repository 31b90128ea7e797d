import pytest

from edscribe_pipelines.clinical.stated.fluid_mentions import fluid_mentions


@pytest.mark.parametrize(
    ("words", "fluids"),
    [
        ("1 L NS bolus", [("normal saline", 1000, 1)]),
        ("1L of normal saline", [("normal saline", 1000, 1)]),
        ("500 mL LR x2", [("lactated Ringer's", 500, 2)]),
        ("NS 1.5 L IV", [("normal saline", 1500, 1)]),
        ("2 liters IV lactated ringers", [("lactated Ringer's", 2000, 1)]),
        ("1,000 cc 0.9% NS", [("normal saline", 1000, 1)]),
        ("NS at 125 mL/hr", []),
        ("30 mL/kg LR", []),
        ("2 L O2 via NC", []),
        ("100 mL wedge", []),
        ("lens 1 L", []),
    ],
)
def test_volume_beside_a_fluid_is_a_dose_in_ml(words: str, fluids: list[tuple[str, float, int]]) -> None:
    assert [(said.drug, said.amount, said.times) for said in fluid_mentions(words)] == fluids


def test_place_is_where_the_volume_and_the_fluid_stand() -> None:
    note = "Given 1 L NS bolus."
    (said,) = fluid_mentions(note)
    assert note[said.start : said.end].startswith("1 L NS")

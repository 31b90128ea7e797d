import pytest

from edscribe_pipelines.clinical.reading.banner import at_the_top


@pytest.mark.parametrize(
    ("top", "years", "sex"),
    [
        ("MAJORS CARD   Cubicle 7\nM  58 yrs   Mode: 999", 58, "M"),
        ("CASUALTY / 34/M / recd 11.20 pm", 34, "M"),
        ("ED REG NOTE      F, 27", 27, "F"),
        ("Woman, 84 years. Entry 11:52 h", 84, "F"),
        ("Age ............ 84     Sex ...... F", 84, None),
        ("Age 58   Sex [x] M  [ ] F", 58, None),
        ("er rm 4   34 m   seen 0812", 34, "M"),
        ("T-SHEET\n14 mo   F   ESI 3", 14 / 12, "F"),
        ("male, born 1943 (81 years)", 81, "M"),
        ("pt.age=34\npt.sex=F", 34, None),
    ],
)
def test_age_and_sex_of_a_banner(top: str, years: float, sex: str | None) -> None:
    found = at_the_top(top)
    assert found is not None
    assert (found.years, found.sex) == (pytest.approx(years), sex)


@pytest.mark.parametrize(
    "top", ["Bed: 12 M", "4 years of pain", "T 97 F", "Seen 14:05  room 12", "her mother, 84 years", "10 y smoker", ""]
)
def test_what_is_no_age_is_none(top: str) -> None:
    assert at_the_top(top) is None

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.reading.choices import chosen


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("[ ] home [x] admit: CCU [ ] AMA", "[x] admit: CCU"),
        ("Penicillin [ ]   Sulfa [x] rash   Iodine [ ]", "Sulfa [x] rash"),
        ("☐ penicillin ☑ sulfa (rash)", "☑ sulfa (rash)"),
        ("CONST [ ] fever [ ] chills [x] fatigue", "CONST [x] fatigue"),
        ("(home)  admit  transfer  AMA", "(home)"),
        ("home with (new) crutches", "home with (new) crutches"),
        ("no form at all", "no form at all"),
    ],
)
def test_only_what_is_ticked_or_circled_stands(form: str, says: str) -> None:
    assert " ".join(chosen(form).split()) == says


@given(st.text())
def test_every_character_stays_where_it_was(text: str) -> None:
    ticked = chosen(text)
    assert len(ticked) == len(text)
    assert all(one == two or one == " " for one, two in zip(ticked, text, strict=True))

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.reading.content.segments import segments_of


def said(note: str) -> list[str]:
    return [note[segment.start : segment.end] for segment in segments_of(note)]


@given(st.text())
def test_segments_of_any_text_follow_one_another_inside_it(note: str) -> None:
    segments = segments_of(note)
    places = [place for segment in segments for place in (segment.start, segment.end)]
    assert places == sorted(places)
    assert all(segment.start <= segment.content <= segment.end <= len(note) for segment in segments)
    assert all(segment.start < segment.end for segment in segments)


@given(st.text(alphabet=st.characters(codec="ascii", categories=("L", "N"))))
def test_no_letter_is_lost(note: str) -> None:
    assert "".join(said(note)) == note


@pytest.mark.parametrize(
    ("note", "segments"),
    [
        ("Lungs clear. Abdomen soft.", ["Lungs clear.", "Abdomen soft."]),
        ("HTN; DM2", ["HTN;", "DM2"]),
        ("HTN | lisinopril\tNKDA", ["HTN", "lisinopril", "NKDA"]),
        ("cough<br>fever</td><td>home", ["cough", "fever", "home"]),
        ("[x] fever [ ] chills", ["[x] fever", "[ ] chills"]),
        ("asthma PMH htn", ["asthma", "PMH htn"]),
        ("seen // home", ["seen", "home"]),
        ("pain\xa0\xa0\xa0better", ["pain", "better"]),
        ("at 10:22 he left", ["at 10:22 he left"]),
    ],
)
def test_note_is_cut_where_a_section_may_begin(note: str, segments: list[str]) -> None:
    assert said(note) == segments


@pytest.mark.parametrize(
    ("note", "label", "content"),
    [
        ("PMH: asthma", "pmh", "asthma"),
        ("**HPI** 34M fell", "hpi", "34M fell"),
        ("O/E lungs clear", "o/e", "lungs clear"),
        ("Labs/Img: WBC 9", "labs", "WBC 9"),
        ("ALLERGIES\xa0:\xa0none", "allergies", "none"),
        ("Allergic to codeine", "allergic to", "Allergic to codeine"),
        ("What the wife saw: fell", "what the wife saw", "fell"),
        ("was discussed disposition: home", "", "was discussed home"),
    ],
)
def test_words_begin_behind_the_heading(note: str, label: str, content: str) -> None:
    segments = segments_of(note)
    words = " ".join(note[segment.content : segment.end] for segment in segments if segment.content < segment.end)
    assert (segments[0].label, words) == (label, content)


def test_speech_without_stops_is_cut_into_clauses() -> None:
    note = "she woke at four with her heart racing and she takes bisoprolol her mother had a stroke " * 3
    assert max(len(each) for each in said(note)) < 60

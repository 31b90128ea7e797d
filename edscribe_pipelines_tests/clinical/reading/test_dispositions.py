import pytest

from edscribe_pipelines.clinical.reading.dispositions import stated_disposition


@pytest.mark.parametrize(
    ("words", "disposition"),
    [
        ("Admitted to telemetry because of a moderate HEART score.", "ADMITTED"),
        ("Discharged home because she is stable.", "HOME"),
        ("Discharged home; there is no indication for admission.", "HOME"),
        ("Discharged home. Transfer of care to her clinic.", "HOME"),
        ("Not admitted; discharged home.", "HOME"),
        ("Home with prednisone.", "HOME"),
        ("D/C home", "HOME"),
        ("Admitted to the ICU; her husband went home.", "ADMITTED"),
        ("Transferred to the trauma center, admission agreed there.", "TRANSFER"),
        ("Discharged against medical advice.", "LEFT AGAINST MEDICAL ADVICE"),
        ("Left AMA before admission.", "LEFT AGAINST MEDICAL ADVICE"),
        ("Threatened to leave AMA, then admitted.", "ADMITTED"),
        ("No further workup needed and discharged home.", "HOME"),
        ("LWBS", "LEFT WITHOUT BEING SEEN"),
        ("Eloped.", "ELOPED"),
        ("Pronounced dead at 18:22.", "EXPIRED"),
        ("The patient admits that he feels better.", None),
        ("Continue home exercise program.", None),
        ("If troponin is negative, discharge.", None),
        ("Likely admission.", None),
        ("To be decided.", None),
        ("", None),
    ],
)
def test_disposition_is_what_the_section_says_of_it_first(words: str, disposition: str | None) -> None:
    assert stated_disposition(words) == disposition

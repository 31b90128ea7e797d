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
        ("Admission was offered but she was discharged home.", "HOME"),
        ("Offered transfer to a burn center, declined; admitted here.", "ADMITTED"),
        ("Planned discharge was cancelled and he was admitted.", "ADMITTED"),
        ("Transfer was arranged, then cancelled. Admitted to general surgery.", "ADMITTED"),
        ("If pain recurs admit. Discharged home.", "HOME"),
        ("Thought to have eloped but was found. Home with son.", "HOME"),
        ("[ ] home [x] admit: CCU [ ] transfer [ ] AMA", "ADMITTED"),
        ("(home)  admit  transfer  AMA    time 1220", "HOME"),
        ("0440  Home with Mum.", "HOME"),
        ("To Ward 6 under orthogeriatrics.", "ADMITTED"),
        ("Accepted at the regional centre. Left 21:50 by helicopter.", "TRANSFER"),
        ("Self-discharged against advice 14:25.", "LEFT AGAINST MEDICAL ADVICE"),
        ("Death verified 15:09. Family present.", "EXPIRED"),
        ("ABSCONDED before CT.", "ELOPED"),
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


@pytest.mark.parametrize(
    ("plan", "disposition"),
    [
        ("Discharge home with hematology follow up.", None),
        ("Admit CCU.", None),
        ("Discharged home 05:20.", "HOME"),
        ("Left AMA.", "LEFT AGAINST MEDICAL ADVICE"),
    ],
)
def test_of_a_plan_only_what_was_done_counts(plan: str, disposition: str | None) -> None:
    assert stated_disposition(plan, is_plan=True) == disposition

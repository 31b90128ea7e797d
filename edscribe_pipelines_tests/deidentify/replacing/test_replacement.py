from __future__ import annotations

import pytest
from hypothesis import given, settings

from edscribe_pipelines.deidentify.finding.spans import Span, tag
from edscribe_pipelines.deidentify.replacing.replacement import Method, Replacement, Wording
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines_tests.deidentify.replacing.marked import marked, notes

KEY = b"a key of the tests"
TEXT, SPANS = marked(
    "[[NAME Oda Tamsek]], a [[AGE 94]] y/o F of [[CITY Port Voss]], MA [[ZIP 02139]], DOB [[DATE 3/14/1930]], "
    "seen [[DATE 3/14/2024]], again [[DATE 3/20/2024]] and on [[DATE Thanksgiving]]. [[UNHEARD_OF xyz]]"
)


def applied(method: Method, wording: Wording, patient: str = "p") -> str:
    return Replacement(method, wording, KEY).apply(TEXT, SPANS, patient, 2024)


def test_safe_harbor_with_tags_is_the_default() -> None:
    assert Replacement().apply(TEXT, SPANS, "p", 2024) == (
        "[NAME], a 90+ y/o F of [CITY], MA [ZIP 021], DOB [DATE], "
        "seen [DATE 2024], again [DATE 2024] and on [DATE]. [UNHEARD_OF]"
    )


def test_safe_harbor_with_surrogates_tells_years_and_ages_plainly() -> None:
    text = applied(Method.SAFE_HARBOR, Wording.SURROGATES)
    assert ", a 90+ y/o F of " in text
    assert text.endswith(", DOB [DATE], seen 2024, again 2024 and on [DATE]. [UNHEARD_OF]")
    assert "[NAME]" not in text
    assert "Tamsek" not in text


def test_date_shift_writes_dates_out_and_leaves_the_rest_to_the_wording() -> None:
    text = applied(Method.DATE_SHIFT, Wording.TAGS)
    assert text.startswith("[NAME], a 90+ y/o F of [CITY], MA [ZIP 021], DOB ")
    assert " and on [DATE]. [UNHEARD_OF]" in text
    assert text.count("/") == 7
    assert "3/14/2024" not in text
    assert "[" not in applied(Method.DATE_SHIFT, Wording.SURROGATES).removesuffix(" and on [DATE]. [UNHEARD_OF]")


def test_patients_differ_and_a_patient_is_consistent() -> None:
    for method, wording in ((Method.DATE_SHIFT, Wording.TAGS), (Method.SAFE_HARBOR, Wording.SURROGATES)):
        assert applied(method, wording) == applied(method, wording)
        assert applied(method, wording) != applied(method, wording, "another")


def test_notes_without_a_patient_key_share_nothing() -> None:
    replacement = Replacement(wording=Wording.SURROGATES, key=KEY)
    one, other = marked("[[NAME Tamsek]] fell."), marked("[[NAME Tamsek]] fell again.")
    assert replacement.apply(*one).split()[0] != replacement.apply(*other).split()[0]


def test_date_shift_says_that_it_asks_for_an_expert() -> None:
    assert "164.514(b)(2)" in Method.SAFE_HARBOR.label
    assert "164.514(b)(1)" in Method.DATE_SHIFT.label
    assert "expert" in Method.DATE_SHIFT.label


@pytest.mark.parametrize(
    "incomplete",
    [
        lambda: Replacement(Method.DATE_SHIFT),
        lambda: Replacement(wording=Wording.SURROGATES),
        lambda: Replacement().pseudonymize(TEXT, SPANS, "p", 2024),
    ],
)
def test_missing_key_is_named(incomplete: object) -> None:
    with pytest.raises(BadInput, match="field key"):
        incomplete()  # type: ignore[operator]


def test_key_is_not_shown() -> None:
    assert "tests" not in repr(Replacement(wording=Wording.SURROGATES, key=KEY))


@settings(max_examples=150)
@given(notes())
def test_tags_stand_where_the_spans_stood_and_the_rest_is_untouched(note: tuple[str, tuple[Span, ...]]) -> None:
    text, spans = note
    told = {"DATE", "AGE", "ZIP"}
    expected = text
    for span in reversed([span for span in spans if span.type not in told]):
        expected = expected[: span.start] + tag(span.type) + expected[span.end :]
    others = tuple(span for span in spans if span.type not in told)
    assert Replacement().apply(text, others, "p", 2024) == expected

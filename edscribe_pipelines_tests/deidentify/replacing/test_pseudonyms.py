from __future__ import annotations

import re

from hypothesis import given, settings

from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.replacing.replacement import Replacement
from edscribe_pipelines_tests.deidentify.replacing.marked import marked, notes

KEY = b"a key of the tests"
REPLACEMENT = Replacement(key=KEY)


@settings(max_examples=200)
@given(notes())
def test_every_note_comes_back_whatever_its_spans(note: tuple[str, tuple[Span, ...]]) -> None:
    text, spans = note
    result = REPLACEMENT.pseudonymize(text, spans, "patient", 2024)
    assert result.restoration.restore(result.text) == text


TEXT, SPANS = marked(
    "[[NAME Oda Tamsek]], a [[AGE 94]] y/o F, DOB [[DATE 3/14/1930]], of [[CITY Port Voss]], MA [[ZIP 02139]].\n"
    "Seen [[DATE 5/2]] and [[DATE Thanksgiving]] in room [[ROOM 4]], strength 5/5. "
    "[[NAME TAMSEK]] denies pain; [[NAME O. Tamsek]]'s son [[NAME KM]] agrees. "
    "MRN [[MRN 220915]], call [[PHONE 231-7788]]."
)


def test_each_value_has_a_fake_of_its_own_and_nothing_of_it_is_left() -> None:
    text = REPLACEMENT.pseudonymize(TEXT, SPANS, "patient", 2024).text
    values = {TEXT[span.start : span.end] for span in SPANS} - {"4", "KM"}
    assert [value for value in values if re.search(rf"(?i)(?<!\w){re.escape(value)}(?![\w/])", text)] == []


def test_what_could_be_a_finding_gets_a_token() -> None:
    text = REPLACEMENT.pseudonymize(TEXT, SPANS, "patient", 2024).text
    assert "in room [ROOM " in text
    assert "son [NAME " in text
    assert " and [DATE " in text
    assert text.count("[") <= 4


def test_age_stays_over_89() -> None:
    text = REPLACEMENT.pseudonymize(TEXT, SPANS, "patient", 2024).text
    assert "a 90+ y/o F" in text


def test_names_that_fold_alike_come_back_each_in_its_own_spelling() -> None:
    text, spans = marked("[[NAME Núñez]] saw [[NAME Nunez]], [[NAME McVoss]] saw [[NAME Mcvoss]].")
    result = REPLACEMENT.pseudonymize(text, spans, "patient", 2024)
    assert result.restoration.restore(result.text) == text
    assert len({result.text[:5], *result.text.split()}) > 5

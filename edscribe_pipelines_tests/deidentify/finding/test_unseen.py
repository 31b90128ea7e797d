from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.unseen import blanks_for_unseen, has_unseen, in_original, without_unseen


@pytest.mark.parametrize(
    "character", ["\u200b", "\u200d", "\u00ad", "\u202e", "\u2066", "\ufeff", "\x00", "\x1b", "\ufffd"]
)
def test_what_nobody_sees_is_left_out_or_a_blank(character: str) -> None:
    text = f"Jo{character}hn"
    assert has_unseen(text)
    assert without_unseen(text) == "John"
    assert blanks_for_unseen(text) == "Jo hn"


@pytest.mark.parametrize("text", ["", "John\tVossberg\r\n", "Núñez", "שלום", "page\fone", "12 µg/L ≥ 3 — ok"])
def test_text_that_everybody_sees_is_left_alone(text: str) -> None:
    assert not has_unseen(text)


def test_span_of_the_text_without_them_is_found_again_in_the_text() -> None:
    text = "\u200bDr. \u200bV\x00o\u200bss\u200b saw\u200b"
    short = without_unseen(text)
    place = short.index("Voss")
    (span,) = in_original(text, [Span(place, place + 4, "NAME", "r")])
    assert text[span.start : span.end] == "V\x00o\u200bss"
    assert (span.type, span.rule) == ("NAME", "r")

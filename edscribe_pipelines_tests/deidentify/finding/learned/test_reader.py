"""What the learned reader finds beside the rules, and what it overrules. All people and places are invented."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.finding.learned.reader import LearnedReader, read_learned
from edscribe_pipelines.deidentify.finding.learned.tokens import tokens_of
from edscribe_pipelines.deidentify.remover import Remover


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("HPI: 44F fell off a ladder at Brindlewick Roofing, brought in by coworker.", "Brindlewick"),
        ("Lives on Tanwell Crescent with her sister, no steps.", "Tanwell Crescent"),
        ("Daughter rang from 0044 20 7946 0958 about the plan.", "7946 0958"),
        ("Seen last at the Ottervale clinic, told it was viral.", "Ottervale"),
        ("transferred from quillmere general by ground", "quillmere"),
    ],
)
def test_identifier_that_no_rule_foresaw_is_removed(whole_remover: Remover, text: str, gone: str) -> None:
    assert gone not in whole_remover.remove(text).text


@pytest.mark.parametrize("text", ["Exam: alert. Frank pus expressed. Lungs clear.", "Home: Allegra 180 mg daily."])
def test_word_that_a_list_calls_a_name_stays_where_its_sense_is_plain(whole_remover: Remover, text: str) -> None:
    assert whole_remover.remove(text).text == text


def test_what_a_title_says_is_never_overruled(whole_remover: Remover) -> None:
    assert "Frank" not in whole_remover.remove("Seen by Dr. Frank. Lungs clear.").text


@given(st.text(max_size=200))
def test_every_find_lies_in_the_text_and_says_something(text: str) -> None:
    (reading,) = read_learned([text])
    for find in reading.finds:
        assert 0 <= find.start < find.end <= len(text)
        assert any(letter.isalnum() for letter in text[find.start : find.end])


@given(st.text(max_size=200))
def test_tokens_are_in_order_and_leave_out_blanks_alone(text: str) -> None:
    tokens = tokens_of(text)
    assert all(one.end <= two.start for one, two in pairwise(tokens))
    assert all(text[token.start : token.end] == token.text for token in tokens)


def test_nothing_is_sure_where_there_is_no_text() -> None:
    assert LearnedReader().reading("").finds == ()


def test_texts_that_are_prepared_are_read_as_alone() -> None:
    texts = [f"Seen by Ola Voss{sign} Lungs clear.\nHome on rest. Lives on Tanwell Crescent." for sign in ".,;!?"]
    reader = LearnedReader()
    reader.prepare(texts)
    for text in texts:
        assert reader.reading(text).finds == LearnedReader().reading(text).finds


def test_what_was_read_is_forgotten_in_time() -> None:
    reader = LearnedReader()
    reader.prepare(["Lungs clear." * 20_000, "Home on rest." * 70_000])
    for number in range(300):
        reader.reading(f"Seen {number} times.")
    assert len(reader._readings) <= 256


def test_word_beside_an_identifier_goes_with_it(whole_remover: Remover) -> None:
    assert "Store" not in whole_remover.remove("Bought it at Tanwell Hardware Store, took two.").text

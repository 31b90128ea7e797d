"""What becomes of each statement of a note, and whose words its sentences are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.grounding.checks import check_grounding
from edscribe_pipelines.clinical.grounding.ground import ground_note
from edscribe_pipelines.clinical.grounding.source import source_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines_tests.clinical.invented import note_of, undocumented_note

ORIGINAL = """\
CC: Right ankle injury

HPI: 31 year old man who twisted his right ankle. Denies numbness and knee pain. No loss of consciousness. The pain \
began 2 hours ago. The left shoulder is sore too.

Allergies: Penicillin (hives)

Physical Exam: HR 76, BP 124/72. Swelling of the right ankle, no bony tenderness at the malleoli.

ED Course: Morphine 4 mg IV given, then ibuprofen 600 mg PO.

Disposition: Discharged home.
"""


def verdicts(note: str, source: str = ORIGINAL) -> set[tuple[str, str]]:
    return {(each.kind, each.verdict) for each in ground_note(ParsedNote(note), source_in(source)).statements}


def contradicted(note: str, source: str = ORIGINAL) -> set[str]:
    return {kind for kind, verdict in verdicts(note, source) if verdict == "contradicted"}


def test_note_is_supported_by_itself() -> None:
    assert {verdict for _, verdict in verdicts(ORIGINAL)} == {"supported"}
    kinds = {kind for kind, _ in verdicts(ORIGINAL)}
    assert kinds >= {
        "age",
        "sex",
        "vital",
        "drug",
        "dose",
        "allergy",
        "laterality",
        "negation",
        "finding",
        "disposition",
    }


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("HR 77", "vital"),
        ("BP 124/82", "vital"),
        ("A 41-year-old man", "age"),
        ("A 31-year-old woman", "sex"),
        ("Swelling of the left ankle", "laterality"),
        ("L ankle swollen", "laterality"),
        ("bilateral ankle swelling", "laterality"),
        ("Pain in the right shoulder", "laterality"),
        ("Reports numbness.", "finding"),
        ("No swelling.", "negation"),
        ("Morphine 40 mg IV", "dose"),
        ("Morphine 4 mcg IV", "dose"),
        ("Morphine 4 mg IM", "dose"),
        ("ibuprofen 800 mg", "dose"),
        ("Allergies: NKDA", "allergy"),
        ("Allergic to sulfa.", "allergy"),
        ("Disposition: Admitted to cardiology.", "disposition"),
        ("The pain began 5 hours ago.", "number"),
        ("Bony tenderness at the malleoli.", "finding"),
    ],
)
def test_other_value_of_what_the_source_holds_is_contradicted(said: str, kind: str) -> None:
    assert contradicted(said) == {kind}


@pytest.mark.parametrize(
    "said",
    [
        "Heart rate 76 bpm, blood pressure 124 over 72",
        "31 y.o. male with swelling at the R ankle",
        "He denied numbness. No LOC.",
        "IV morphine 4 mg and PO ibuprofen 0.6 g",
        "Morphine 4000 mcg",
        "Allergies: PCN",
        "Disposition: home, discharged.",
    ],
)
def test_same_thing_in_other_words_is_supported(said: str) -> None:
    assert {verdict for _, verdict in verdicts(said)} == {"supported"}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("SpO2 97%", "vital"),
        ("ESI 3", "acuity"),
        ("fever", "finding"),
        ("Denies fever.", "negation"),
        ("ketorolac", "drug"),
        ("left wrist", "laterality"),
        ("3 sutures", "number"),
        ("likely a sprain", "reasoning"),
        ("(ICD-10 S93.401A)", "code"),
    ],
)
def test_what_the_source_holds_nothing_of_is_unsupported(said: str, kind: str) -> None:
    assert (kind, "unsupported") in verdicts(said)


def test_return_precaution_and_illness_of_a_relative_state_no_symptom() -> None:
    assert not {"finding", "negation"} & {
        kind for kind, _ in verdicts("Return if numbness begins. Mother had numbness.")
    }


def test_field_says_what_the_statement_is_held_against() -> None:
    (dose,) = (
        each for each in ground_note(ParsedNote("Morphine 8 mg"), source_in(ORIGINAL)).statements if each.kind == "dose"
    )
    assert (dose.field, dose.verdict) == ("morphine", "contradicted")


def test_sentence_is_of_the_source_of_a_rule_or_a_physicians() -> None:
    note = undocumented_note(history="Denies numbness. He plays the violin.", physical="HR 76, BP 124/72.")
    labels = {
        note[sentence.start : sentence.end]: sentence.label
        for sentence in ground_note(ParsedNote(note), source_in(ORIGINAL)).sentences
    }
    assert labels["Denies numbness."] == labels["HR 76, BP 124/72."] == "source fact"
    assert labels["He plays the violin."] == "physician"
    assert labels[NOT_DOCUMENTED] == labels["PHYSICAL EXAMINATION"] == "rule"


def test_sentence_with_a_doubted_statement_is_never_of_the_source() -> None:
    (sentence,) = ground_note(ParsedNote("Swelling of the left ankle"), source_in(ORIGINAL)).sentences
    assert sentence.label == "physician"


@given(st.text(), st.text())
def test_any_text_is_judged_with_places_inside_it(note: str, source: str) -> None:
    grounding = ground_note(ParsedNote(note), source_in(source))
    places = [(each.start, each.end) for each in grounding.statements]
    places += [(each.start, each.end) for each in grounding.sentences]
    assert all(0 <= start < end <= len(note) for start, end in places)


_PIECES = st.sampled_from(
    [
        *"LR½İſ١•\x00\ud800\n;,. ",
        " 4 mg ",
        "left",
        "knee",
        "morphine",
        "No ",
        "allergies: ",
        "HR 98",
        "142/81",
        "ICD-10 R07.9",
        "54 y.o. man",
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join), st.lists(_PIECES, max_size=30).map("".join))
def test_pieces_of_notes_in_any_order_are_judged(note: str, source: str) -> None:
    for complete in (True, False):
        findings = check_grounding(ParsedNote(note), source_in(source), complete=complete)
        assert all(0 <= (each["start"] or 0) <= (each["end"] or 0) <= len(note) for each in findings)


def test_long_text_without_a_break_is_judged() -> None:
    text = "morphine 4 mg left knee denies fever " * 3_000
    assert ground_note(ParsedNote(text), source_in(note_of())).statements

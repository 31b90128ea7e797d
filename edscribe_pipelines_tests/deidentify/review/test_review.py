"""A note that the gate withholds in doubt, decided about, comes back through the same gate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edscribe_pipelines.deidentify.checking.doubt import open_doubts
from edscribe_pipelines.deidentify.remover import Note, Remover
from edscribe_pipelines.deidentify.review.decisions import (
    Decision,
    Decisions,
    append_decision,
    hash_of,
    read_decisions,
)
from edscribe_pipelines.deidentify.review.reading_list import Doubtful, doubtful_texts
from edscribe_pipelines.deidentify.review.session import Shown, decide
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import write_jsonl

TEXT = "HPI: fell at home. Spoke with zq about it. BP 120/80."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "decisions.jsonl"


def doubtful(text: str, *words: str) -> Doubtful:
    from edscribe_pipelines.deidentify.checking.judging.judge import Doubt

    places = [(text.index(word), text.index(word) + len(word)) for word in words]
    return Doubtful(text, (), [Doubt(start, end, 0.9) for start, end in places])


def press(keys: str) -> Iterator[str]:
    return iter(keys)


def test_each_answer_is_kept_at_once(file: Path) -> None:
    shown: list[Shown] = []
    keys = press("xin")
    outcome = decide([doubtful(TEXT, "zq", "home")], file, shown.append, lambda: next(keys))
    assert (outcome.texts, outcome.identifiers, outcome.nothing) == (1, 1, 1)
    assert [each.stretch for each in shown] == ["zq", "home"]
    kept = read_decisions(file)
    assert [TEXT[span.start : span.end] for span in kept.identifiers(TEXT)] == ["zq"]
    assert [TEXT[start:end] for start, end in kept.struck(TEXT)] == ["home"]


def test_quitting_keeps_what_was_said(file: Path) -> None:
    keys = press("iq")
    outcome = decide([doubtful(TEXT, "zq", "home"), doubtful(TEXT, "zq")], file, lambda shown: None, lambda: next(keys))
    assert outcome.identifiers == 1
    assert len(file.read_text().splitlines()) == 1


def test_file_holds_no_word_of_the_note(file: Path) -> None:
    append_decision(file, Decision(hash_of(TEXT), 30, 32, "identifier"))
    assert not {"zq", "home", "Spoke"} & set(file.read_text().replace('"', " ").split())


def test_confirmed_stretch_is_removed_and_struck_one_stands() -> None:
    start = TEXT.index("zq")
    confirmed = Decisions([Decision(hash_of(TEXT), start, start + 2, "identifier")])
    (clean,) = Remover().remove_all([Note(TEXT, confirmed=confirmed.identifiers(TEXT))])
    assert "zq" not in clean.text
    left = "Seen by Marisol Vantreight of Kearnsville."
    doubts = open_doubts(left, ())
    assert doubts
    struck = [(doubt.start, doubt.end) for doubt in doubts]
    assert open_doubts(left, (), struck) == []


def test_decision_about_another_text_counts_for_nothing() -> None:
    decisions = Decisions([Decision(hash_of("another"), 0, 2, "identifier")])
    assert decisions.identifiers(TEXT) == []


@pytest.mark.parametrize("row", [{"text_sha256": 1}, {"text_sha256": "a", "start": 0, "end": 2, "verdict": "perhaps"}])
def test_bad_line_is_named(file: Path, row: dict[str, object]) -> None:
    write_jsonl(str(file), [row])
    with pytest.raises(BadInput, match="line 1, field"):
        read_decisions(file)


def test_line_that_a_kill_cut_short_goes_before_the_next_decision_is_written(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for start in (0, 4):
        append_decision(file, Decision(hash_of(TEXT), start, start + 3, "identifier"))
    whole = file.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first + 1, len(whole) - 1):
        file.write_bytes(whole[:cut])
        caplog.clear()
        assert len(read_decisions(file).identifiers(TEXT)) == 1
        assert [record.message.startswith(f"{file}, line 2: cut short") for record in caplog.records] == [True]
    decide([], file, lambda shown: None, lambda: "")
    assert file.read_bytes() == whole[:first]


def test_whole_last_line_without_its_end_stays_and_gets_one(file: Path) -> None:
    append_decision(file, Decision(hash_of(TEXT), 0, 3, "identifier"))
    file.write_bytes(file.read_bytes().removesuffix(b"\n"))
    assert len(read_decisions(file).identifiers(TEXT)) == 1
    decide([doubtful(TEXT, "zq")], file, lambda shown: None, lambda: "i")
    assert len(read_decisions(file).identifiers(TEXT)) == 2


@pytest.mark.parametrize("broken", [b'{"text_sha256": "a', b'{"text_sha256": "a"}'])
def test_broken_line_before_another_is_an_error(file: Path, broken: bytes) -> None:
    file.write_bytes(broken + b"\n")
    append_decision(file, Decision(hash_of(TEXT), 0, 3, "identifier"))
    with pytest.raises(BadInput, match="line 1"):
        read_decisions(file)


def test_reading_list_holds_the_doubtful_alone(tmp_path: Path) -> None:
    source = tmp_path / "notes.jsonl"
    write_jsonl(str(source), [{"id": 1, "text": "BP 120/80, lungs clear."}, {"id": 2, "text": "CC: cough."}])
    assert list(doubtful_texts(source, Decisions(), Remover())) == []

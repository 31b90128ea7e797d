from __future__ import annotations

import socket
from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.evaluate import score
from edscribe_pipelines.evaluate.metrics import score_notes, summarise
from edscribe_pipelines.evaluate.score import score_lines


def row(note, **changed):
    text = note({"Chief Complaint": "Chest pain"})
    return {"id": "a", "prompt": "Chest pain", "reference": text, "generated": text} | changed


def test_lines_give_overall_and_a_row_for_each_id(note):
    result = score_lines([("line 1", row(note)), ("line 2", row(note, id="b", generated=""))])
    assert [case["id"] for case in result["cases"]] == ["a", "b"]
    assert result["overall"]["rouge_l"] == 0.5


def test_result_holds_no_text_of_the_notes(note, canary):
    text = note({"Chief Complaint": canary})
    assert canary not in str(score_lines([("line 1", row(note, prompt=canary, reference=text, generated=text))]))


@pytest.mark.parametrize(
    ("changed", "field"), [({"generated": None}, "generated"), ({"reference": " "}, "reference"), ({"id": 3}, "id")]
)
def test_bad_row_is_named_by_place_and_field(note, changed, field):
    with pytest.raises(BadInput, match=f"line 7, field {field}"):
        score_lines([("line 7", row(note, **changed))])


def test_absent_field_is_named(note):
    incomplete = row(note)
    del incomplete["prompt"]
    with pytest.raises(BadInput, match="line 1, field prompt"):
        score_lines([("line 1", incomplete)])


def test_second_row_with_the_same_id_is_refused(note):
    with pytest.raises(BadInput, match="line 2, field id"):
        score_lines([("line 1", row(note)), ("line 2", row(note))])


def test_empty_input_is_refused():
    with pytest.raises(BadInput, match="no rows"):
        score_lines([])


def test_evaluate_module_loads_without_a_network_and_gives_the_same_figures(note, monkeypatch):
    import evaluate

    def refuse(*_):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    metric = evaluate.load(str(Path(score.__file__).with_name("ed_note")), keep_in_memory=True)
    reference, generated = note({"Chief Complaint": "Chest pain"}), note({"Chief Complaint": "Cough"})
    result = metric.compute(predictions=[generated], references=[reference], prompts=["Chest pain"])
    expected = score_notes(["Chest pain"], [reference], [generated])
    assert result == {"overall": summarise(expected), "cases": expected}


def test_notes_are_not_written_to_the_cache_of_evaluate(note):
    metric = score._ed_note()
    metric.add_batch(predictions=[note({})], references=[note({})], prompts=["Chest pain"])
    written = list(Path(metric.data_dir).glob("*.arrow"))
    metric.compute()
    assert written == []

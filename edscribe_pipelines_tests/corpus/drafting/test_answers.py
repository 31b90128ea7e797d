from __future__ import annotations

from typing import Any

import orjson
import pytest

from edscribe_pipelines.clinical.reading.note import section_states, split_sections
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS
from edscribe_pipelines.corpus.drafting.answers import note_from, read_answer, without_reasoning

NOTE = {**dict.fromkeys(SECTIONS, ""), "Chief Complaint": "Chest pain", "Disposition": "Admitted."}
JSON = orjson.dumps(NOTE).decode()


def body(content: Any, finish: str = "stop", **choice: Any) -> bytes:
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 7, "completion_tokens": 5}
    return orjson.dumps({"choices": [{"message": message, "finish_reason": finish, **choice}], "usage": usage})


@pytest.mark.parametrize(
    "content",
    [
        JSON,
        f"<think>Is it a {{dissection}}?</think>\n{JSON}",
        f"Is it a dissection?\n</think>\n{JSON}",
        f"<THINK>a</THINK><think>b</think>{JSON}",
        f"```json\n{JSON}\n```",
    ],
)
def test_sections_are_read_from_json_and_reasoning_is_dropped(content: str) -> None:
    answer = read_answer(body(content))
    assert (answer.status, answer.sections) == ("answered", NOTE)
    assert (answer.prompt_tokens, answer.completion_tokens) == (7, 5)


def test_reasoning_inside_a_section_is_dropped() -> None:
    said = NOTE | {"Disposition": "<think>Admit?</think>Admitted.", "Allergies": "<think>never closed"}
    answer = read_answer(body(orjson.dumps(said).decode()))
    assert answer.sections == NOTE


@pytest.mark.parametrize(
    "content",
    [
        "",
        None,
        ["Chest pain"],
        "Chest pain",
        JSON[:-20],
        f"<think>{JSON}",
        "[]",
        "{}",
        orjson.dumps({**NOTE, "Plan": "x"}).decode(),
        orjson.dumps({name: text for name, text in NOTE.items() if name != "Allergies"}).decode(),
        orjson.dumps({**NOTE, "Allergies": None}).decode(),
        orjson.dumps({**NOTE, "Allergies": "None\nMEDICATIONS\nAspirin"}).decode(),
    ],
)
def test_answer_that_is_no_note_of_twelve_sections_is_malformed_and_its_tokens_count(content: Any) -> None:
    answer = read_answer(body(content))
    assert (answer.status, answer.sections) == ("malformed", None)
    assert answer.completion_tokens == 5


@pytest.mark.parametrize(
    "sent", [b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"message": null}]}']
)
def test_body_that_is_no_completion_is_malformed(sent: bytes) -> None:
    assert read_answer(sent).status == "malformed"


def test_answer_cut_at_the_token_limit_is_truncated_even_if_it_reads_whole() -> None:
    answer = read_answer(body(JSON, "length"))
    assert (answer.status, answer.sections, answer.completion_tokens) == ("truncated", None, 5)


def test_usage_that_is_missing_counts_nothing() -> None:
    sent = orjson.loads(body(JSON))
    del sent["usage"]
    assert read_answer(orjson.dumps(sent)).prompt_tokens == 0


def test_note_has_twelve_sections_and_says_where_nothing_was_said() -> None:
    note = note_from(NOTE | {"Social History": "N/A"})
    assert list(split_sections(note)) == list(SECTIONS)
    assert split_sections(note)["Social History"] == NOT_DOCUMENTED
    assert section_states(note)["Chief Complaint"] == "documented"


def test_blank_lines_inside_a_section_are_closed() -> None:
    note = note_from(NOTE | {"Medications": "aspirin\r\n\r\n \nmetoprolol\n"})
    assert split_sections(note)["Medications"] == "aspirin\nmetoprolol"


def test_text_without_reasoning_stays_as_it_is() -> None:
    assert without_reasoning("HR < 100 and > 60") == "HR < 100 and > 60"

"""A line of JSON in, its text, spans and verdict out; and what is no note, named and never quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import pytest

from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.jsonl.answers import Answer, How, answer_batch
from edscribe_pipelines.deidentify.jsonl.note_lines import Batch, Refusal
from edscribe_pipelines.deidentify.replacing.replacement import Method, Replacement, Wording
from edscribe_pipelines.errors import StageFailed

SECRET = "Zorvanka Delmiquist"


def answer(*lines: dict[str, Any] | bytes, first_row: int = 1) -> Answer:
    data = b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines)
    return answer_batch(Batch(first_row, data), How(Replacement()))


def only(row: dict[str, Any] | bytes) -> dict[str, Any]:
    answered = answer(row)
    assert (answered.notes, answered.refused) == (1, ())
    return orjson.loads(answered.lines)


def refusal_of(line: dict[str, Any] | bytes) -> Refusal:
    answered = answer(line, first_row=4)
    assert (answered.lines, answered.notes) == (b"", 0)
    (refusal,) = answered.refused
    assert refusal.row == 4
    assert SECRET not in str(refusal)
    return refusal


def rebuilt(text: str, result: dict[str, Any]) -> str:
    """Return `text` with a tag for each span of `result`."""
    for span in reversed(result["spans"]):
        text = f"{text[: span['start']]}[{span['type']}]{text[span['end'] :]}"
    return text


def test_line_gives_text_spans_and_verdict() -> None:
    assert only({"id": "n1", "text": "Seen by Dr. Vossberg."}) == {
        "id": "n1",
        "text": "Seen by Dr. [NAME].",
        "spans": [{"start": 12, "end": 20, "type": "NAME"}],
        "gate": {"verdict": "pass", "rules": []},
    }


@pytest.mark.parametrize("known", [["Tamsek"], [{"kind": "patient_name", "value": "Tamsek"}]])
def test_known_identifiers_come_as_strings_or_objects(known: list[Any]) -> None:
    assert only({"id": 1, "text": "tamsek came", "known_identifiers": known})["text"] == "[NAME] came"


def test_note_that_the_gate_stops_leaves_without_its_text() -> None:
    known = [{"kind": "patient_name", "value": "ab cd"}]
    stopped = only({"id": 1, "text": "Dr. Vossberg: cough, ab-cd and a_b c_d wheeze", "known_identifiers": known})
    assert stopped["text"] is None
    assert stopped["gate"] == {"verdict": "fail", "rules": ["known_identifier"]}
    assert stopped["spans"][0] == {"start": 4, "end": 12, "type": "NAME"}


def test_patient_has_the_same_surrogates_in_each_note_and_other_patients_have_others() -> None:
    lines = [{"id": 1, "text": "Seen by Dr. Vossberg.", "patient": patient} for patient in ("a", "a", "b", 7)]
    surrogates = Replacement(Method.SAFE_HARBOR, Wording.SURROGATES, bytes(range(32)))
    answered = answer_batch(Batch(1, b"\n".join(map(orjson.dumps, lines))), How(surrogates))
    texts = [orjson.loads(line)["text"] for line in answered.lines.splitlines()]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1
    assert "Vossberg" not in str(texts)
    assert "[" not in str(texts[0])


def test_dates_move_by_days_of_the_patient_where_that_is_the_method() -> None:
    shifting = Replacement(Method.DATE_SHIFT, key=bytes(range(32)))
    row = orjson.dumps({"id": 1, "text": "Seen 03/14/2019 and 03/20/2019.", "patient": "a", "year": 2019})
    text = orjson.loads(answer_batch(Batch(1, row), How(shifting)).lines)["text"]
    first, second = (datetime.strptime(date, "%m/%d/%Y") for date in re.findall(r"\d+/\d+/\d+", text))
    assert (second - first).days == 6
    assert "03/14/2019" not in text


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"text": SECRET}, "id"),
        ({"id": True, "text": SECRET}, "id"),
        ({"id": 1.5, "text": SECRET}, "id"),
        (b'{"id": "\\ud800", "text": "%s"}' % SECRET.encode(), "id"),
        ({"id": "n1"}, "text"),
        ({"id": "n1", "text": None}, "text"),
        ({"id": "n1", "text": [SECRET]}, "text"),
        ({"id": "n1", "text": "x", "patient": [SECRET]}, "patient"),
        ({"id": "n1", "text": "x", "year": SECRET}, "year"),
        ({"id": "n1", "text": "x", "year": 19}, "year"),
        ({"id": "n1", "text": "x", "known_identifiers": SECRET}, "known_identifiers"),
        ({"id": "n1", "text": "x", "known_identifiers": {"name": SECRET}}, "known_identifiers"),
        ({"id": "n1", "text": "x", "known_identifiers": ["a", {SECRET: "mrn"}]}, "known_identifiers.1"),
    ],
)
def test_row_that_lacks_a_field_is_refused_by_its_name(row: dict[str, Any] | bytes, field: str) -> None:
    refusal = refusal_of(row)
    assert refusal.field == field
    error = str(refusal.as_error("notes.jsonl"))
    assert error.startswith(f"notes.jsonl, line 4, field {field}: ")
    assert SECRET not in error


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (SECRET.encode(), "not JSON in UTF-8"),
        (b'{"id": "1", "text": "' + SECRET.encode(), "not JSON in UTF-8"),
        (b'{"id": "1", "text": "' + SECRET.encode() + b'\xff"}', "not JSON in UTF-8"),
        (b'{"id": "1", "text": "a\x00' + SECRET.encode() + b'"}', "not JSON in UTF-8"),
        (bytes(range(256)).replace(b"\n", b""), "not JSON in UTF-8"),
        (b"[" * 100_000, "not JSON in UTF-8"),
        (b'["' + SECRET.encode() + b'"]', "not a JSON object"),
        (b"null", "not a JSON object"),
    ],
)
def test_line_that_is_no_json_object_is_refused(line: bytes, reason: str) -> None:
    assert refusal_of(line).reason == reason


def test_rows_count_from_the_batch_and_blank_lines_are_no_notes() -> None:
    answered = answer(b"", {"id": 1, "text": ""}, b" \r", b"{", {"id": 2, "text": ""}, {"id": 3}, first_row=10)
    assert [orjson.loads(line)["id"] for line in answered.lines.splitlines()] == [1, 2]
    assert answered.notes == 2
    assert [(refusal.row, refusal.field) for refusal in answered.refused] == [(13, None), (15, "text")]


def test_byte_order_mark_may_open_a_file() -> None:
    assert only(b'\xef\xbb\xbf{"id": 1, "text": "x"}')["text"] == "x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dr. Núñez-Vossberg saw ___ at bedside, café, 37.2 °C",
        "שלום Dr. Vossberg \u202eDr. Vossberg\u202c \u2067end\u2069",
        "a\x00b\x1b[31m Dr. Vossberg \x7f\x9f",
        "😀 Dr. Vossberg 👩🏽‍⚕️ seen",
        "\ufeffDr. Vossberg",
    ],
)
def test_spans_count_characters_of_the_text_and_the_rest_of_it_stays(text: str) -> None:
    result = only({"id": 1, "text": text})
    assert rebuilt(text, result) == result["text"]
    assert ("Vossberg" in text) == any("Vossberg" in text[s["start"] : s["end"]] for s in result["spans"])


@pytest.mark.parametrize("hiding", ["\u200b", "\u200d", "\u2060", "\u00ad", "\ufeff", "\u202d", "\x00", "\ufffd"])
def test_name_with_a_character_inside_that_nobody_sees_is_removed_whole(hiding: str) -> None:
    text = f"Seen by Dr. Vo{hiding}ss{hiding}berg today."
    assert only({"id": 1, "text": text})["text"] == "Seen by Dr. [NAME] today."


def test_names_that_only_such_a_character_parts_are_both_removed() -> None:
    assert only({"id": 1, "text": "Seen by Dr.\x00Vossberg"})["text"] == "Seen by Dr.\x00[NAME]"


def test_text_of_two_bytes_a_character_is_read_through_its_nulls() -> None:
    text = "\x00".join("Seen by Dr. Vossberg.")
    assert "Voss" not in only({"id": 1, "text": text})["text"].replace("\x00", "")


@pytest.mark.parametrize("escape", [b"\\ud800", b"\\udc00", b"\\udfff\\ud800"])
def test_half_a_surrogate_pair_leaves_as_the_replacement_character(escape: bytes) -> None:
    result = only(b'{"id": 1, "text": "' + escape + b' Dr. Vossberg"}')
    assert re.fullmatch("\ufffd+ Dr. \\[NAME\\]", result["text"])
    assert result["spans"][0]["start"] == len(escape) // 6 + len(" Dr. ")


def test_known_identifier_of_half_a_surrogate_pair_does_no_harm() -> None:
    result = only(b'{"id": 1, "text": "HR 98", "known_identifiers": ["\\ud800", "\\u0000", ""]}')
    assert result["text"] == "HR 98"


def test_known_identifier_is_found_through_a_character_that_nobody_sees() -> None:
    row = {"id": 1, "text": "met Tam\u200bsek", "known_identifiers": ["Tamsek"]}
    assert only(row)["text"] == "met [NAME]"


class Faulty(Replacement):
    """Quotes a note in what it raises, as a library may."""

    def apply(self, text: str, spans: Sequence[Span], patient_key: str = "", year: int | None = None) -> str:
        if "Vossberg" in text:
            raise ValueError(f"cannot replace in {text}")
        return super().apply(text, spans, patient_key, year)


def test_note_that_an_engine_gives_up_on_is_refused_without_a_word_of_it_and_the_others_go_on() -> None:
    texts = ["HR 98", "Seen by Dr. Vossberg.", "RR 18"]
    data = b"\n".join(orjson.dumps({"id": number, "text": text}) for number, text in enumerate(texts))
    answered = answer_batch(Batch(1, data), How(Faulty()))
    assert [orjson.loads(line)["text"] for line in answered.lines.splitlines()] == ["HR 98", "RR 18"]
    (refusal,) = answered.refused
    assert refusal.row == 2
    assert re.fullmatch(r"could not be de-identified \(ValueError at deidentify/\S+, line \d+\)", refusal.reason)
    with pytest.raises(StageFailed, match=r"in\.jsonl, line 2: could not .* With --quarantine the other notes go on\."):
        raise refusal.as_error("in.jsonl")


class Incomplete(Replacement):
    """Lacks something that no note can do without."""

    def apply(self, text: str, spans: Sequence[Span], patient_key: str = "", year: int | None = None) -> str:
        raise StageFailed("The model is not installed.")


def test_error_that_is_of_no_note_ends_the_run_with_its_own_words() -> None:
    with pytest.raises(StageFailed, match=r"^The model is not installed\.$"):
        answer_batch(Batch(1, orjson.dumps({"id": 1, "text": "HR 98"})), How(Incomplete()))

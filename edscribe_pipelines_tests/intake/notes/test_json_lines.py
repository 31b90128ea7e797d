import io

import pytest

from edscribe_pipelines.intake.notes.json_lines import json_lines, parse_json
from edscribe_pipelines.intake.notes.refusals import Refused


def read(content: bytes, longest: int = 1000) -> list[object]:
    """Return for each line its number, with its value or why it has none."""
    found: list[object] = []
    for line in json_lines(io.BytesIO(content), longest):
        try:
            found.append((line.number, line.parsed()))
        except Refused as refused:
            found.append((line.number, refused.reason))
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_lines_are_numbered_in_every_encoding_and_blank_ones_left_out(encoding: str) -> None:
    content = '{"a": "Señora"}\r\n\n{"a": 2}'.encode(encoding)
    assert read(content) == [(1, {"a": "Señora"}), (3, {"a": 2})]


def test_western_line_among_others_is_read() -> None:
    western = '{"text": "Señora Ybarra came with chest pain and a temperature of 38.5 °C."}'
    (first, second) = read(b'{"text": 1}\n' + western.encode("cp1252"))
    assert (first, second) == (
        (1, {"text": 1}),
        (2, {"text": "Señora Ybarra came with chest pain and a temperature of 38.5 °C."}),
    )


def test_what_is_wrong_with_a_line_leaves_the_others() -> None:
    deep = b"[" * 2000
    content = b'{not json\n{"a": "\\ud83d"}\n{"a": "\xff\0\xfe"}\n' + deep + b'\n{"a": 5}\n'
    assert read(content, 5000) == [
        (1, "not_json"), (2, "not_json"), (3, "undecodable_text"), (4, "not_json"), (5, {"a": 5})
    ]  # fmt: skip


@pytest.mark.parametrize("end", [b"", b"\n", b'\n{"a": 3}\n'])
def test_line_that_is_too_long_is_passed_over(end: bytes) -> None:
    found = read(b'{"a": 1}\n{"a": "' + b"x" * 2500 + b'"}' + end)
    assert found[:2] == [(1, {"a": 1}), (2, "too_long")]
    assert found[2:] == ([(3, {"a": 3})] if b"3" in end else [])


def test_line_of_just_the_longest_length_is_read() -> None:
    assert read(b'{"a": 12}', longest=9) == [(1, {"a": 12})]
    assert read(b'{"a": 12}\n', longest=10) == [(1, {"a": 12})]


def test_mark_before_json_is_no_part_of_it() -> None:
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]

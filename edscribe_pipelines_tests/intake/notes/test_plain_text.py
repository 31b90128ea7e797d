import random

import pytest

from edscribe_pipelines.intake.notes.plain_text import LONGEST_NOTE, decode, settle
from edscribe_pipelines.intake.notes.refusals import Refused

NOTE = "CC: Chest pain\n\nHPI: Señora Ybarra’s café collapse, temperature 38.5 °C, naïve to opioids. Denies fever."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_note_reads_the_same_in_every_encoding(encoding: str) -> None:
    assert settle(decode(NOTE.encode(encoding))) == NOTE


def test_utf16_with_a_big_endian_mark_is_read() -> None:
    assert settle(decode(b"\xfe\xff" + NOTE.encode("utf-16-be"))) == NOTE


def test_latin1_is_read() -> None:
    latin = NOTE.replace("’", "'")
    assert settle(decode(latin.encode("latin-1"))) == latin


def test_declared_charset_counts_where_it_holds() -> None:
    assert decode("Дыхание".encode("koi8-r"), "koi8-r") == "Дыхание"


@pytest.mark.parametrize("charset", ["no-such-charset", "ascii", "zip", "idna", "a\0b"])
def test_declared_charset_that_does_not_hold_is_passed_over(charset: str) -> None:
    assert decode("Señora".encode(), charset) == "Señora"


def refusal_of(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        settle(decode(content))
    return refused.value.reason


@pytest.mark.parametrize(
    "content",
    [
        b"CC: Chest pain\0\0 and more",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0" + bytes(range(256)) * 8,
        bytes(range(1, 32)) * 20,
        b"\xff\xfeC\0C\0\0\xd8",
    ],
)
def test_binary_is_no_text(content: bytes) -> None:
    assert refusal_of(content) == "undecodable_text"


def test_random_bytes_are_no_text() -> None:
    assert refusal_of(b"\xc3" + random.Random(3).randbytes(4096)) == "undecodable_text"


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_blank_is_empty(content: bytes) -> None:
    assert refusal_of(content) == "empty"


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(Refused, match="undecodable_text"):
        settle("CC: Chest pain \ud83d")


def test_line_breaks_become_one_kind_and_a_stray_control_character_stays() -> None:
    assert settle("\ufeffCC: pain\r\nHPI: none\rROS: none\u2028PMH: \x0bnone" + " more" * 50) == (
        "CC: pain\nHPI: none\nROS: none\nPMH: \x0bnone" + " more" * 50
    )


def test_longest_note_is_taken_and_a_longer_one_refused() -> None:
    assert len(settle("a" * LONGEST_NOTE)) == LONGEST_NOTE
    assert refusal_of(b"a" * (LONGEST_NOTE + 1)) == "too_long"

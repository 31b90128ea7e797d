"""A listed value in the spellings that a text may use, and in nothing else."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from edscribe_pipelines.deidentify.checking.listed.identifiers import Listed
from edscribe_pipelines.deidentify.checking.listed.plain_text import plain_bytes
from edscribe_pipelines.deidentify.checking.listed.released_text import Piece
from edscribe_pipelines.deidentify.checking.listed.search import Search


def is_found(text: str, kind: str, value: str) -> bool:
    return any(Search([Listed(1, kind, value)]).in_file([Piece(plain_bytes(text))]))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("patient_name", "Zoë Tamsek", "ZOE TAMSEK"),
        ("patient_name", "Zoë Tamsek", "Zoë\n   Tamsek's leg"),
        ("patient_name", "Zoë Tamsek", "Tamsék, Zoe (sister)"),
        ("patient_name", "Zoë Tamsek", "note_zoe_tamsek.txt"),
        ("patient_name", "Zoë Tamsek", "Zoë Tam\u00adsek"),
        ("patient_name", "Zoë Tamsek", "“Zoë Tam-\nsek”"),
        ("patient_name", "Tamsek, Zoë Maria", "Zoë Maria Tamsek"),
        ("patient_name", "Tamsek, Zoë Maria", "Tamsek Zoë"),
        ("patient_name", "Zoë Maria Tamsek", "Zoe M. Tamsek"),
        ("unspecified", "Zoë Tamsek", "Tamsek, Zoë"),
        ("patient_name", "Oda Brin-Kolvek", "Brin Kolvek, Oda"),
        ("patient_name", "Oda BrinKolvek", "Oda Brin-Kolvek"),
        ("patient_name", "Jörn Kräver", "Joern Kraever"),
        ("patient_name", "Зоя Тамсек", "ТАМСЕК, Зоя"),
        ("clinician_name", "Dr. Lin Ng", "by Lin Ng today"),
        ("clinician_name", "Oda Ost, MD", "Ost, Oda"),
        ("unspecified", "Tamsek", "mrs.tamsek"),
        ("hospital", "Lorne Harbor Hospital", "lorne-harbor\nhospital"),
        ("phone", "555-0143", "(555) 0143"),
        ("phone", "(555) 0143", "555.0143"),
        ("phone", "5550143", "555-0143"),
        ("phone", "+1 (415) 555-0132", "415.555.0132"),
        ("phone", "+1 (415) 555-0132", "at 555 0132"),
        ("unspecified", "(415) 555-0132", "4155550132"),
        ("unspecified", "(415) 555-0132", "555-0132"),
        ("unspecified", "+14155550132", "555-0132"),
        ("mrn", "77-1302", "77 1302"),
        ("mrn", "77-1302", "MRN771302"),
        ("mrn", "MR-771302", "chart 771302"),
        ("mrn", "00771302", "771302"),
        ("mrn", "771302", "771302.0"),
        ("mrn", "7713024", "77 13 024"),
        ("patient_id", "1EG4-TE5-MK62", "1eg4te5mk62"),
        ("ssn", "123-45-6789", "123456789"),
        ("birth_date", "1962-03-14", "March 14th, 1962"),
        ("birth_date", "1962-03-14", "DOB 3/14/62"),
        ("birth_date", "3/14/1962", "14-Mar-1962"),
        ("birth_date", "3/14/1962", "19620314"),
        ("email", "zoe@example.org", "<ZOE@example.org>"),
        ("street_address", "415 Tamsek Skyway Apt 3", "415 Tamsek Skyway, Apt. 3"),
        ("account", "12,345,678", "12,345,678"),
    ],
)
def test_listed_value_is_found_in_other_spellings(kind: str, value: str, text: str) -> None:
    assert is_found(text, kind, value)
    assert is_found(f"x {text}, x", kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("patient_name", "Zoë Tamsek", "Zoë went. Mr. Tamsek stayed"),
        ("patient_name", "Zoë Tamsek", "Zoë Tamsekian"),
        ("patient_name", "Zoë Tamsek", "Chloezoe Tamsek"),
        ("unspecified", "Lori", "in calories"),
        ("unspecified", "Hart", "s/h art line"),
        ("clinician_name", "Lin Ng", "along with lin, ngo"),
        ("clinician_name", "Lin Ng", "the linng"),
        ("hospital", "Lorne Harbor Hospital", "Lorne Harbor"),
        ("mrn", "771302", "1771302"),
        ("mrn", "771302", "7713021"),
        ("mrn", "771302", "e-9c771302ab"),
        ("mrn", "771302", "9c771302"),
        ("mrn", "771302", "0.771302"),
        ("mrn", "771302", "77 13 02"),
        ("mrn", "7713024", "[77,13,24] 77,13,02,4"),
        ("mrn", "981207", "98\t120\t7"),
        ("mrn", "9812080", "98\n120\n80"),
        ("birth_date", "1962-03-14", "3/14 strength, in 1962"),
        ("birth_date", "1962-03-01", "3162"),
        ("birth_date", "1962-03-14", "March 14"),
        ("email", "zoe@example.org", "an example"),
    ],
)
def test_other_words_and_numbers_do_not_count(kind: str, value: str, text: str) -> None:
    assert not is_found(text, kind, value)


def test_each_identifier_counts_once_a_line_wherever_the_text_is_parted() -> None:
    chance = random.Random(3)
    listed = [
        Listed(1, "patient_name", "Zoë Tamsek"),
        Listed(2, "phone", "555-0143"),
        Listed(3, "patient_name", "Tamsek, Zoë"),
    ]
    lines = ["Denies chest pain, 98 120 80." for _ in range(9_000)]
    for number in chance.sample(range(0, 9_000, 3), 300):
        lines[number] = chance.choice(("(555) 0143 or 555-0143", "seen by Zoë", "mrn 15550143"))
        lines[number + 1] = chance.choice(("Tamsek today", "555 0143"))
    text = plain_bytes("\n".join(lines))
    search = Search(listed)
    whole = sorted(search.in_file([Piece(text)]))
    assert len(whole) > 200
    assert {hit.listed.line for hit in whole} == {1, 2, 3}
    assert len(set(whole)) == len(whole)
    for _ in range(5):
        ends = sorted({0, len(text), *(text.find(b"\n", chance.randrange(len(text))) + 1 for _ in range(12))})
        pieces = [Piece(text[start:end]) for start, end in pairwise(ends)]
        assert sorted(search.in_file(pieces)) == whole


def test_what_stands_beside_a_piece_is_on_its_lines() -> None:
    search = Search([Listed(7, "patient_name", "Zoë Tamsek")])
    pieces = [Piece(b"one\n\n"), Piece(b"three\nfour\n", b"\nzoe tamsek"), Piece(b"five zoe\n")]
    assert [(hit.line, hit.listed.line) for hit in search.in_file(pieces)] == [(4, 7)]

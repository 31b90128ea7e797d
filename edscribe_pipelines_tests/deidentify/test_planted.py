"""Identifiers planted anywhere in notes that hold none, with whatever a typist or an interface leaves beside them.

Values are those of `phi_reader/values.py`, of many countries; the notes are `free_held`, from which no model learned.
The bars are what held with five other seeds, and a margin: Faker's Italian cities are others in each process.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.checking.doubt import open_doubts
from edscribe_pipelines.deidentify.checking.gate import phi_findings
from edscribe_pipelines.deidentify.finding.spans import Deidentified
from edscribe_pipelines.deidentify.remover import Note, Remover
from edscribe_pipelines_tests.deidentify.leftovers import is_gone
from phi_reader.marked import read_notes
from phi_reader.values import Values

SEED, PER_KIND, CHARACTERS = 20_260_301, 12, 320
LEADS = {
    "NAME": ("seen by", "wife", "Dr.", "with", ""),
    "GIVEN": ("daughter", "friend", "named"),
    "SURNAME": ("Dr.", "Mrs.", "nurse"),
    "INITIALS": ("pt", "signed"),
    "STREET": ("lives at", "found at"),
    "CITY": ("from", "lives in"),
    "ZIP": ("zip", "postcode"),
    "HOSPITAL": ("transferred from", "admitted at"),
    "ORG": ("works at", "employed by"),
    "DATE": ("on", "since", "dated", ""),
    "AGE_OVER_89": ("aged", "age"),
    "PHONE": ("call", "phone", ""),
    "PAGER": ("pager",),
    "EXTENSION": ("ext",),
    "FAX": ("fax",),
    "EMAIL": ("e-mail", ""),
    "SSN": ("SSN", ""),
    "MRN": ("MRN", "chart"),
    "INSURANCE": ("member ID", "policy"),
    "ACCOUNT": ("account", "visit"),
    "LICENSE": ("license", "DEA"),
    "PLATE": ("plate",),
    "DEVICE": ("serial", "lot"),
    "URL": ("see", ""),
    "IP": ("from", ""),
    "BIOMETRIC": ("fingerprint", "scan"),
    "ROOM": ("room", "bed"),
    "ID": ("case", "badge", "accession"),
}
"""The words that may stand before a value of each kind; what alone says nothing (a room's number) has always one."""

MOST_MISSED, MOST_RELEASED, MOST_OF_OTHERS = 0.09, 0.07, 0.25
MOST = {"INITIALS": 0.6, "ROOM": 0.4, "DATE": 0.3}
"""The largest shares: of all that is planted, and of one kind. Of 1,680 a seed, 84 to 107 were missed and 57 to 77
released; of initials at most 0.35, of rooms 0.18, of dates 0.15, of any other kind 0.12."""

GLUE = ("\n", "-", "/", "(", "[", '"', "|", "", " ", "  ", "\t", "\u00a0", ".", "...", ":", ",", ";", "- ", "= ", "#")
BORDER = re.compile(r"(?<=\w)(?=\s)|(?<=\s)(?=\w)")


class Planted(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def plantings(seed: int) -> Iterator[Planted]:
    chance = random.Random(seed)
    values, notes = Values(chance), [note.text for note in read_notes("free_held")]
    for kind in LEADS:
        for _ in range(PER_KIND):
            yield planted(kind, values.value(kind), chance.choice(notes), chance)


def planted(kind: str, value: str, note: str, chance: random.Random) -> Planted:
    first = chance.randrange(max(1, len(note) - CHARACTERS))
    note = note[first : first + CHARACTERS]
    place = chance.choice([match.start() for match in BORDER.finditer(note)])
    before, between, behind = (chance.choice(GLUE) for _ in range(3))
    lead = chance.choice(LEADS[kind])
    head = note[:place] + before + (lead + (between or " ") if lead else "")
    return Planted(kind, head + value + behind + note[place:], len(head), len(head) + len(value))


def outcome(each: Planted, clean: Deidentified) -> str:
    if is_gone(each.text, each.start, each.end, clean.spans):
        return "gone"
    return "stopped" if phi_findings(clean.text, []) or open_doubts(each.text, clean.spans) else "released"


def test_little_is_missed_and_less_is_released(whole_remover: Remover, capsys: pytest.CaptureFixture[str]) -> None:
    every = list(plantings(SEED))
    removed = whole_remover.remove_all([Note(each.text) for each in every])
    count = Counter((each.kind, outcome(each, clean)) for each, clean in zip(every, removed, strict=True))
    released = {kind: count[kind, "released"] for kind in LEADS}
    stopped = sum(count[kind, "stopped"] for kind in LEADS)
    missed = stopped + sum(released.values())
    with capsys.disabled():
        print(f"\n{missed} of {len(every)} missed, {stopped} of them in notes that the gate stops. Released of")
        print(f"{PER_KIND} each: {', '.join(f'{kind} {number}' for kind, number in released.items() if number)}")
    assert missed <= MOST_MISSED * len(every)
    assert sum(released.values()) <= MOST_RELEASED * len(every)
    assert {kind for kind, number in released.items() if number > MOST.get(kind, MOST_OF_OTHERS) * PER_KIND} == set()


@settings(max_examples=60, derandomize=True)
@given(before=st.text(max_size=40), behind=st.text(max_size=40), chance=st.randoms(use_true_random=False))
def test_nothing_but_spans_is_lost_whatever_stands_beside_them(
    whole_remover: Remover, before: str, behind: str, chance: random.Random
) -> None:
    value = chance.choice(("Oda Vosskamp", "078-05-1120", "o.voss@example.org", "(415) 555-0132", "March 14, 2024"))
    text = before + value + behind
    clean = whole_remover.remove(text)
    assert all(left.end <= right.start for left, right in pairwise(clean.spans))
    edges = [0, *(edge for span in clean.spans for edge in (span.start, span.end)), len(text)]
    kept = [re.escape(text[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    assert re.fullmatch(".+?".join(kept), clean.text, re.DOTALL)

from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.propagation import find_dates_beside, find_names_again
from edscribe_pipelines.deidentify.finding.spans import Span


def _again(text: str, *names: str) -> list[str]:
    finds = [Span(text.index(name), text.index(name) + len(name), "NAME", "name_titled") for name in names]
    again = sorted({(find.start, find.end) for find in find_names_again(text, finds)})
    return [text[start:end] for start, end in again if not any(f.start <= start and end <= f.end for f in finds)]


def test_name_is_found_again() -> None:
    assert _again("Mr. Voss fell.\nVoss denies pain.", "Voss") == ["Voss"]


def test_ordinary_word_is_found_again_where_it_acts() -> None:
    assert _again("Dr. Mason (PCP) called.\nMason knew him. Mason jar lid cut.", "Mason") == ["Mason"]


def test_name_in_small_letters_is_found_again_where_a_person_stands() -> None:
    assert _again("Attending: Love\ncards love saw her; patients love it", "Love") == ["love"]


def test_surname_on_the_next_line_is_found() -> None:
    assert _again("images read by Todd\nParks: EF 52%", "Todd") == ["Parks"]


@pytest.mark.parametrize("sign", ["OV refused.", "0735 OV: asleep", "Oda Voss (OV), 40"])
def test_initials_of_a_name_are_found(sign: str) -> None:
    assert "OV" in _again(f"Oda Voss fell.\n{sign}", "Oda Voss")


def test_clinical_abbreviation_counts_only_where_a_person_stands() -> None:
    assert _again("Paul Evans fell.\nCTA: no PE seen.\nband read by PE", "Paul Evans") == ["PE"]


def test_dose_is_no_pair_of_initials() -> None:
    assert _again("Maria Gomez fell.\nCOUMADIN 5 MG", "Maria Gomez") == []


@pytest.mark.parametrize(
    ("line", "beside"),
    [
        ("seen 3/14, 3/20 and 5/6", ["3/14", "3/20", "5/6"]),
        ("seen 3/14, 3/20, strength 5/5 strength", ["3/14", "3/20"]),
        ("seen 3/14 and 3/20, pain 8/10 then 7/10", ["3/14", "3/20"]),
        ("seen 3/14 and 5/6", []),
    ],
)
def test_day_written_like_two_of_its_line_is_one(line: str, beside: list[str]) -> None:
    days = [day for day in ("3/14", "3/20") if day in line]
    finds = [Span(line.index(day), line.index(day) + len(day), "DATE", "date") for day in days]
    assert [line[find.start : find.end] for find in find_dates_beside(line, finds)] == beside

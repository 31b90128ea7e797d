from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.by_line.joined import joined
from edscribe_pipelines.deidentify.finding.spans import Span


def _joined(line: str, found: str, span_type: str = "NAME") -> list[str]:
    start = line.index(found)
    finds = joined(line, [Span(start, start + len(found), span_type, "rule")])
    return [line[find.start : find.end] for find in finds]


@pytest.mark.parametrize(
    ("line", "found", "whole"),
    [
        ("seen by O. B. Voss today", "Voss", "O. B. Voss"),
        ("signed VON HAGEN, RN", "HAGEN", "VON HAGEN"),
        ("id: o'brien seen", "brien", "o'brien"),
        ("pt molly l'heureux here", "molly", "molly l'heureux"),
        ("asked Jane Le (wife)", "Jane", "Jane Le"),
        ("rep Ji-woo Garza called", "Garza", "Ji-woo Garza"),
        ("Voss Jr. called", "Voss", "Voss Jr."),
    ],
)
def test_parts_beside_a_name_belong_to_it(line: str, found: str, whole: str) -> None:
    assert _joined(line, found) == [whole]


def test_verb_behind_a_name_does_not_belong_to_it() -> None:
    assert _joined("Voss denies pain", "Voss") == ["Voss"]


def test_city_behind_an_address_is_found() -> None:
    assert _joined("12 Voss St, Tarquilla, MA", "12 Voss St", "ADDRESS") == ["Tarquilla", "12 Voss St"]

from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.person import cut


@pytest.mark.parametrize(
    ("taken", "group", "name"),
    [
        ("Oda Voss Reports", "person", "Oda Voss"),
        ("Voss Jr.", "person", "Voss Jr."),
        ("Denies Voss", "person", ""),
        ("VOSS AT", "anyperson", "VOSS"),
        ("VOSS", "person", ""),
        ("Wife Oda Voss", "person_before", "Oda Voss"),
        ("O.", "person", ""),
        ("anything at all", "phi", "anything at all"),
    ],
)
def test_name_ends_where_a_word_is_none(taken: str, group: str, name: str) -> None:
    start, end = cut(taken, 0, len(taken), group)
    assert taken[start:end] == name

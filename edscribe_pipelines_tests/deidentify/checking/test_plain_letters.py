from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.checking.plain_letters import in_plain_letters


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("BP 142/81", "BP 142/81"),
        ("Zoë Łukasz Müller-Jørgensen", "Zoe Lukasz Muller-Jorgensen"),
        ("O’Hestan", "O'Hestan"),
        ("555–0132 １２", "555-0132 12"),
        ("a\u200bb\u00a0c", "ab c"),
        ("e\u0301", "e"),
        ("مريض", "مريض"),
        ("\ud800", "\ud800"),
    ],
)
def test_letters_digits_and_dashes_take_their_ascii_form(text: str, plain: str) -> None:
    assert in_plain_letters(text) == plain

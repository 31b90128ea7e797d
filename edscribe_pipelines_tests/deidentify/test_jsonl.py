from __future__ import annotations

from typing import Any

import pytest

from edscribe_pipelines.deidentify.jsonl import deidentify_lines
from edscribe_pipelines.errors import BadInput


def _only(row: dict[str, Any]) -> dict[str, Any]:
    (result,) = deidentify_lines([("notes.jsonl, line 1", row)])
    return result


def test_line_gives_text_spans_and_verdict() -> None:
    assert _only({"id": "n1", "text": "Seen by Dr. Vossberg."}) == {
        "id": "n1",
        "text": "Seen by Dr. [NAME].",
        "spans": [{"start": 12, "end": 20, "type": "NAME"}],
        "gate": {"verdict": "pass", "rules": []},
    }


@pytest.mark.parametrize("known", [["Tamsek"], [{"kind": "patient_name", "value": "Tamsek"}]])
def test_known_identifiers_come_as_strings_or_objects(known: list[Any]) -> None:
    assert _only({"id": 1, "text": "tamsek came", "known_identifiers": known})["text"] == "[NAME] came"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"text": "x"}, "id"),
        ({"id": True, "text": "x"}, "id"),
        ({"id": "n1"}, "text"),
        ({"id": "n1", "text": 5}, "text"),
        ({"id": "n1", "text": "x", "known_identifiers": "Tamsek"}, "known_identifiers"),
        ({"id": "n1", "text": "x", "known_identifiers": ["a", {"kind": "mrn"}]}, "known_identifiers.1"),
    ],
)
def test_bad_row_names_place_and_field_and_no_value(row: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as error:
        list(deidentify_lines([("notes.jsonl, line 4", row)]))
    assert f"notes.jsonl, line 4, field {field}:" in str(error.value)
    assert "Tamsek" not in str(error.value)

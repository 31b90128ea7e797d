import io
from typing import Any

import orjson
import pytest

from edscribe_pipelines.intake.notes.found_notes import FoundNote, RefusedNote
from edscribe_pipelines.intake.notes.note_folder import NoteFile
from edscribe_pipelines.intake.notes.note_lines import notes_in_lines
from edscribe_pipelines_tests.intake.notes.batches import LINE


def read(*lines: Any) -> list[FoundNote | RefusedNote]:
    content = b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines)
    return list(notes_in_lines(NoteFile("a.jsonl", len(content), lambda: io.BytesIO(content))))


def test_line_is_a_note_with_all_that_it_says() -> None:
    beside = {"known_identifiers": [{"kind": "patient_name", "value": "Marisol Ybarra"}], "facts": {"age_years": 54}}
    assert read(LINE | beside) == [
        FoundNote(
            note_id="note-1",
            text=LINE["text"],
            place="a.jsonl, line 1",
            patient_id="MRN-88410277",
            authorisation_id="authorisation-1",
            known_identifiers=[{"kind": "patient_name", "value": "Marisol Ybarra"}],
            facts={"age_years": 54},
        )
    ]


@pytest.mark.parametrize("absent", [{}, {"authorisation_id": None}])
def test_authorisation_may_be_the_batchs(absent: dict[str, Any]) -> None:
    (found,) = read({name: value for name, value in LINE.items() if name != "authorisation_id"} | absent)
    assert isinstance(found, FoundNote)
    assert found.authorisation_id is None


@pytest.mark.parametrize(
    ("wrong", "reason", "field"),
    [
        ({"text": None}, "line_invalid", "text"),
        ({"note_id": ""}, "line_invalid", "note_id"),
        ({"patient_id": 88410277}, "line_invalid", "patient_id"),
        ({"surname": "Ybarra"}, "line_invalid", "surname"),
        ({"facts": {"age_years": "Ybarra"}}, "line_invalid", "facts.age_years"),
        ({"facts": {"age_years": 2**63}}, "line_invalid", "facts"),
        ({"known_identifiers": [{"kind": "patient_name"}]}, "line_invalid", "known_identifiers.0.value"),
        ({"text": "  "}, "empty", None),
        ({"text": "CC: \0"}, "undecodable_text", None),
        ({"text": "a" * 200_001}, "too_long", None),
    ],
)
def test_wrong_line_is_refused_with_its_place_and_leaves_the_others(
    wrong: dict[str, Any], reason: str, field: str | None
) -> None:
    one, two, three = read(LINE, LINE | wrong, LINE)
    assert one.place, three.place == ("a.jsonl, line 1", "a.jsonl, line 3")
    assert isinstance(two, RefusedNote)
    assert (two.reason, two.place) == (reason, f"a.jsonl, line 2, field {field}" if field else "a.jsonl, line 2")


def test_line_that_is_no_object_is_refused() -> None:
    found = read(b"[1]", b"{not json", b'"CC: Cough"')
    assert [each.reason for each in found if isinstance(each, RefusedNote)] == [
        "line_invalid",
        "not_json",
        "line_invalid",
    ]

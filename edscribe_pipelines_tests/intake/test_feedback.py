from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from edscribe_pipelines.clinical.records import PhiEncounter, to_frame
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.feedback import feedback_encounters, read_feedback
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines_tests.builders import phi_encounter

STAY = "e-9c41aa07d2b36f18"
LINE: dict[str, Any] = {"feedback_id": "f-1", "encounter_id": STAY, "rating": 4, "edited_note": "CC: Chest pain"}


def write_inbox(folder: Path, *lines: Any, name: str = "2026-01.jsonl") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return folder


def known(*rows: dict[str, Any]) -> pl.DataFrame:
    return to_frame(PhiEncounter, list(rows))


def corrected(folder: Path, stays: pl.DataFrame, *lines: Any) -> list[dict[str, Any]]:
    feedback = read_feedback(write_inbox(folder / "inbox", *lines))
    return feedback_encounters(feedback, stays, IdVault(folder / "id_vault.sqlite")).to_dicts()


def test_absent_inbox_is_an_empty_one(tmp_path: Path) -> None:
    assert read_feedback(tmp_path / "absent").is_empty()
    assert corrected(tmp_path, known(phi_encounter())) == []


def test_correction_is_a_stay_of_its_own_with_patient_and_facts_of_the_first(tmp_path: Path) -> None:
    stay = phi_encounter(known_identifiers=[{"kind": "patient_name", "value": "Marisol Ybarra"}])
    (row,) = corrected(tmp_path, known(stay), LINE)
    assert row["encounter_id"] != STAY
    own = {"encounter_id", "source", "note", "note_origin", "revises"}
    assert {name: row[name] for name in row if name not in own} == {
        name: stay[name] for name in stay if name not in own
    }
    assert (row["source"], row["note"], row["note_origin"]) == ("feedback", "CC: Chest pain", "physician")
    assert row["revises"] == STAY


def test_correction_brings_the_doses_that_its_physician_confirmed(tmp_path: Path) -> None:
    before, now = ({"name": name, "amount": 20.0, "unit": "mg"} for name in ("diazepam", "morphine"))
    stay = phi_encounter(confirmed_doses=[before])
    (row,) = corrected(tmp_path, known(stay), {**LINE, "confirmed_doses": [now]})
    assert row["confirmed_doses"] == [before, now]


def test_confirmed_dose_without_an_amount_is_refused(tmp_path: Path) -> None:
    line = {**LINE, "confirmed_doses": [{"name": "morphine", "unit": "mg"}]}
    with pytest.raises(BadInput, match=r"confirmed_doses\.0\.amount"):
        read_feedback(write_inbox(tmp_path / "inbox", line))


def test_correction_of_a_correction_revises_the_stay_itself(tmp_path: Path) -> None:
    stay = phi_encounter()
    (first,) = corrected(tmp_path, known(stay), LINE)
    (second,) = corrected(
        tmp_path, known(stay, first), {**LINE, "feedback_id": "f-2", "encounter_id": first["encounter_id"]}
    )
    assert second["revises"] == STAY
    assert second["patient_key"] == stay["patient_key"]


def test_rating_without_an_edited_note_makes_no_stay(tmp_path: Path) -> None:
    rating = {key: value for key, value in LINE.items() if key != "edited_note"}
    assert corrected(tmp_path, known(phi_encounter()), rating, {**rating, "feedback_id": "f-2", "rating": 1}) == []


def test_feedback_about_an_unknown_stay_makes_none(tmp_path: Path) -> None:
    assert corrected(tmp_path, known(phi_encounter()), {**LINE, "encounter_id": "e-0000000000000000"}) == []
    assert corrected(tmp_path, known(), LINE) == []


def test_rerun_gives_the_correction_the_same_id(tmp_path: Path) -> None:
    stays = known(phi_encounter())
    assert corrected(tmp_path, stays, LINE) == corrected(tmp_path, stays, LINE)


def test_line_that_was_sent_twice_counts_once(tmp_path: Path) -> None:
    assert len(corrected(tmp_path, known(phi_encounter()), LINE, LINE)) == 1


def test_feedback_id_with_two_contents_is_refused_without_quoting_it(tmp_path: Path) -> None:
    inbox = write_inbox(tmp_path / "inbox", LINE, {**LINE, "feedback_id": "f-2"}, {**LINE, "rating": 1})
    with pytest.raises(BadInput) as error:
        read_feedback(inbox)
    assert "field feedback_id: the same id for different feedback. " in str(error.value)
    assert not any(secret in str(error.value) for secret in ("f-1", STAY, "Chest"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"rating": 6}, "rating"), ({"encounter_id": None}, "encounter_id"), ({"reviewer": "Ybarra"}, "reviewer")],
)
def test_wrong_line_is_told_by_file_number_line_and_field(tmp_path: Path, wrong: dict[str, Any], field: str) -> None:
    inbox = write_inbox(tmp_path / "inbox", LINE, {**LINE, **wrong}, name="Ybarra.jsonl")
    with pytest.raises(BadInput) as error:
        read_feedback(inbox)
    assert str(error.value).startswith(f"feedback file 1 of 1, line 2, field {field}: ")
    assert "Ybarra" not in str(error.value)

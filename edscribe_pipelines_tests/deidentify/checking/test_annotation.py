from __future__ import annotations

import csv
import re
import stat
from pathlib import Path

import pytest

from edscribe_pipelines.deidentify.checking.annotation import FORM_COLUMNS, write_annotation_form

CLEAN = "HPI: [NAME] fell.\nPLAN: <b>rest</b> & ice."
LEAKY = "Discussed with Maren Tolliver of Quincy, Massachusetts, cell 415-555-0132."
NOTES = {f"n{number}": CLEAN for number in range(12)} | {"leaky": LEAKY}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phi") / "forms"
    write_annotation_form(NOTES, folder, 6, seed=4)
    return folder


def test_only_the_owner_may_read_the_forms(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_half_is_drawn_at_random_and_half_by_rank(folder: Path) -> None:
    sample = rows(folder / "sample.csv")
    assert [row["drawn"] for row in sample] == ["random"] * 3 + ["ranked"] * 3
    assert len({row["note_id"] for row in sample}) == 6
    assert "leaky" in {row["note_id"] for row in sample}
    assert all(int(row["characters"]) == len(NOTES[row["note_id"]]) for row in sample)


def test_both_forms_hold_the_sample_in_orders_of_their_own(folder: Path) -> None:
    first, second = rows(folder / "annotator_a.csv"), rows(folder / "annotator_b.csv")
    assert tuple(first[0]) == FORM_COLUMNS
    assert {row["note_id"] for row in first} == {row["note_id"] for row in rows(folder / "sample.csv")}
    assert sorted(row["note_id"] for row in first) == sorted(row["note_id"] for row in second)
    assert first != second
    assert all(not row["start"] and not row["read"] for row in first)


def test_page_shows_each_line_with_its_offset_and_escapes_it(folder: Path) -> None:
    page = (folder / "annotator_a.html").read_text(encoding="utf-8")
    assert f'data-start="{CLEAN.index("PLAN")}"><span>PLAN: &lt;b&gt;rest&lt;/b&gt; &amp; ice.</span>' in page
    assert len(re.findall("<article>", page)) == 6
    assert "HEALTH_PLAN" in page


def test_folder_that_exists_is_not_written_to(folder: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    with pytest.raises(OSError, match="not empty"):
        write_annotation_form(NOTES, folder, 2, seed=4)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_sample_larger_than_the_run_takes_every_note(tmp_path: Path) -> None:
    write_annotation_form(NOTES, tmp_path / "forms", 50, seed=4)
    assert {row["note_id"] for row in rows(tmp_path / "forms" / "sample.csv")} == set(NOTES)

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from edscribe_pipelines.clinical import tables
from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.register.site_tables import load_site_tables
from edscribe_pipelines.errors import BadInput, BadTables
from edscribe_pipelines_tests.clinical.invented import note_of

VITALS = "vital_limits.csv"


@pytest.fixture(autouse=True)
def bundled_again() -> Iterator[None]:
    yield
    load_site_tables(None)


def site_file(folder: Path, name: str = VITALS, **changed: str) -> Path:
    """Write the bundled table with the given cells in its first row."""
    rows = tables.read_table(name)
    rows[0] |= changed
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def criticals(note: str) -> set[str]:
    return {finding["rule"] for finding in check_note(note).findings if finding["severity"] == "critical"}


def test_site_table_holds_in_the_place_of_the_bundled_one(tmp_path: Path) -> None:
    note = note_of(physical="HR 250, BP 142/81.")
    assert criticals(note) == set()
    rows = tables.read_table(VITALS)
    (tmp_path / "site").mkdir()
    path = site_file(tmp_path / "site") / VITALS
    path.write_text(
        "\n".join(
            line.replace(",299,", ",200,") if line.startswith("heart_rate") else line
            for line in path.read_text(encoding="utf-8").splitlines()
        ),
        encoding="utf-8",
    )
    load_site_tables(tmp_path / "site")
    assert criticals(note) == {"vital.heart_rate_bpm.impossible"}
    load_site_tables(None)
    assert criticals(note) == set()
    assert tables.read_table(VITALS) == rows


def test_site_tables_are_part_of_the_version(tmp_path: Path) -> None:
    assert tables.site_version() == ""
    load_site_tables(site_file(tmp_path))
    first = tables.site_version()
    load_site_tables(site_file(tmp_path, source="A site's own committee"))
    assert len({"", first, tables.site_version()}) == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"possible_high": "high"}, "row 2, column possible_high: must be a number or empty"),
        ({"possible_high": "-3"}, "row 2, column possible_high: must be a number or empty"),
        ({"possible_high": "nan"}, "row 2, column possible_high: must be a number or empty"),
        ({"possible_low": "400"}, "row 2, column possible_high: must be above possible_low"),
        ({"status": "final"}, "row 2, column status: must be one of verified, draft"),
        ({"source": ""}, "row 2, column source: empty"),
        ({"year": "last"}, "row 2, column year: must be a year or n.d."),
        ({"expires": "soon"}, "row 2, column expires: must be a date, YYYY-MM-DD"),
        ({"expires": "2020-01-01"}, "row 2, column expires: must be after reviewed"),
    ],
)
def test_row_that_is_not_sound_is_named_and_never_quoted(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(BadTables) as refused:
        load_site_tables(site_file(tmp_path, **changed))
    assert f"{VITALS}, {said}" in str(refused.value)
    assert not any(cell in str(refused.value) for cell in changed.values() if len(cell) > 3)
    assert tables.site_version() == ""


def test_every_row_that_is_not_sound_is_named(tmp_path: Path) -> None:
    path = site_file(tmp_path) / VITALS
    path.write_text(path.read_text(encoding="utf-8").replace(",draft", ",final"), encoding="utf-8")
    with pytest.raises(BadTables) as refused:
        load_site_tables(tmp_path)
    drafts = sum(row["status"] == "draft" for row in tables.read_table(VITALS))
    assert str(refused.value).count("column status") == drafts > 1


def test_pattern_that_does_not_compile_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTables, match=r"protocols\.csv, row 2, column trigger: is no regular expression"):
        load_site_tables(site_file(tmp_path, "protocols.csv", trigger="(unclosed"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vitals.csv", b"a,b\n1,2\n", "no table of that name; there are"),
        (VITALS, b"a,b\n1,2\n", "row 1: the columns must be field,"),
        (VITALS, b"\xff\xfe\x00", "is no CSV in UTF-8"),
        (VITALS, b"", "row 1: the columns must be"),
    ],
)
def test_file_that_is_no_table_of_ours_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadTables) as refused:
        load_site_tables(tmp_path)
    assert f"{name}, {said}" in str(refused.value)


def test_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no .csv file"):
        load_site_tables(tmp_path)


@pytest.mark.parametrize("name", ["vital_limits.csv", "dose_limits.csv", "protocol_steps.csv", "rule_outs.csv"])
def test_bundled_tables_are_sound_themselves(tmp_path: Path, name: str) -> None:
    load_site_tables(site_file(tmp_path, name))

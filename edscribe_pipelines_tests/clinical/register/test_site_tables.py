from __future__ import annotations

from pathlib import Path

import pytest

from edscribe_pipelines import tables
from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.protocols.checks import check_protocols
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.register.site_tables import load_site_tables
from edscribe_pipelines.errors import BadInput, BadTables
from edscribe_pipelines_tests.clinical.invented import note_of
from edscribe_pipelines_tests.clinical.register.site import site_file, write_table

VITALS = "vital_limits.csv"
STEPS = "protocol_steps.csv"


def criticals(note: str) -> set[str]:
    return {finding["rule"] for finding in check_note(note).findings if finding["severity"] == "critical"}


def refusal(folder: Path) -> str:
    with pytest.raises(BadTables) as refused:
        load_site_tables(folder)
    assert tables.site_version() == ""
    return str(refused.value)


def test_site_table_holds_in_the_place_of_the_bundled_one(tmp_path: Path) -> None:
    note = note_of(physical="HR 250, BP 142/81.")
    assert criticals(note) == set()
    rows = tables.bundled_rows(VITALS)
    strict = [row | {"high": "200"} if row["high"] == "299" else row for row in rows]
    assert strict != rows
    load_site_tables(write_table(tmp_path / "site", VITALS, strict))
    assert criticals(note) == {"vital.heart_rate_bpm.impossible"}
    load_site_tables(None)
    assert criticals(note) == set()
    assert tables.read_table(VITALS) == rows


def test_site_tables_are_part_of_the_version(tmp_path: Path) -> None:
    assert tables.site_version() == ""
    load_site_tables(site_file(tmp_path, VITALS))
    first = tables.site_version()
    load_site_tables(site_file(tmp_path, VITALS, source="A site's own committee"))
    assert len({"", first, tables.site_version()}) == 3


def test_note_that_was_read_before_is_read_again_by_the_sites_own_words(tmp_path: Path) -> None:
    note = note_of().replace("ALLERGIES", "SENSITIVITIES")
    assert check_note(note).sections["Allergies"] == "missing"
    rows = tables.bundled_rows("sections.csv")
    named = [row | {"headings": "Sensitivities"} if row["section"] == "Allergies" else row for row in rows]
    load_site_tables(write_table(tmp_path, "sections.csv", named))
    assert check_note(note).sections["Allergies"] == "documented"


def test_table_that_a_spreadsheet_saved_is_read(tmp_path: Path) -> None:
    path = site_file(tmp_path, VITALS) / VITALS
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    load_site_tables(tmp_path)
    assert tables.read_table(VITALS) == tables.bundled_rows(VITALS)


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        (VITALS, {"high": "plenty"}, "column high: must be a number"),
        (VITALS, {"high": "-3"}, "column high: must be a number"),
        (VITALS, {"high": "nan"}, "column high: must be a number"),
        (VITALS, {"low": "400"}, "column high: must not be below low"),
        (VITALS, {"extreme_if": ""}, "column extreme_if: must be empty where extreme_low is, and only there"),
        (VITALS, {"kind": "unlikely"}, "column kind: must be one of alarming, possible"),
        (VITALS, {"field": "eyebrow"}, "column field: must be one of dbp_mmhg,"),
        (VITALS, {"status": "final"}, "column status: must be one of draft, verified"),
        (VITALS, {"source": ""}, "column source: empty"),
        (VITALS, {"owner": ""}, "column owner: empty"),
        (VITALS, {"year": "last"}, "column year: must be a year or n.d."),
        (VITALS, {"expires": "soon"}, "column expires: must be a date, YYYY-MM-DD"),
        (VITALS, {"expires": "20271123"}, "column expires: must be a date, YYYY-MM-DD"),
        (VITALS, {"expires": "2020-01-01"}, "column expires: must be after reviewed"),
        ("dose_limits.csv", {"usual_figures": "doses"}, "column usual_figures: must be one of per_kg, rate, single"),
        ("dose_limits.csv", {"no_limit": "per_kg"}, "column no_limit: must be one of rate, single, total"),
        ("dose_limits.csv", {"rate_time": "day"}, "column rate_time: must be one of h, min"),
        ("dose_limits.csv", {"route": "IV;NOWHERE"}, "column route: must be one of"),
        ("dose_limits.csv", {"unit": "grains"}, "column unit: must be one of"),
        ("dose_limits.csv", {"checked": ""}, "column checked: empty"),
        ("indications.csv", {"weight_below_kg": "light"}, "column weight_below_kg: must be a number"),
        ("rule_outs.csv", {"age_low": "12.5"}, "column age_low: must be a whole number"),
        ("rule_outs.csv", {"synonyms": "ACS;;MI"}, "column synonyms: must be names with a letter or figure each"),
        ("risk_scores.csv", {"lowest": ""}, "column highest: must be empty where lowest is, and only there"),
        ("vital_relations.csv", {"low": "3"}, "column high: must be empty where low is, and only there"),
        (STEPS, {"order": "straightaway"}, "column order: must be other steps"),
        (STEPS, {"order": "before:luncheon"}, "column order: names no step of this protocol"),
        (STEPS, {"within_min": "5", "from": "luncheon"}, "column from: names no step of this protocol"),
        (STEPS, {"every_min": "hourly"}, "column every_min: must be minutes such as"),
        ("protocols.csv", {"trigger": "(unclosed"}, "column trigger: is no regular expression"),
        ("protocols.csv", {"trigger": "(?i)arrest"}, "column trigger: is no regular expression"),
        ("protocols.csv", {"trigger": "arrest(?= of)"}, "column trigger: must do without what looks around"),
        ("dose_words.csv", {"name": "stone"}, "column name: must be a unit of the bundled table"),
        ("dose_words.csv", {"words": "mcg;(ug"}, "column words: must be words parted by ;"),
    ],
)
def test_row_that_is_not_sound_is_named_and_never_quoted(
    tmp_path: Path, name: str, changed: dict[str, str], said: str
) -> None:
    refused = refusal(site_file(tmp_path, name, **changed))
    assert f"{name}, row 2, {said}" in refused
    assert not any(cell in refused for cell in changed.values() if len(cell) > 3)


def test_score_may_begin_below_zero(tmp_path: Path) -> None:
    load_site_tables(site_file(tmp_path, "risk_scores.csv", lowest="-8.5", highest="-2"))


def test_every_row_that_is_not_sound_is_named(tmp_path: Path) -> None:
    rows = tables.bundled_rows(VITALS)
    drafts = [number for number, row in enumerate(rows, start=2) if row["status"] == "draft"]
    changed = [row | {"status": row["status"].replace("draft", "final")} for row in rows]
    refused = refusal(write_table(tmp_path, VITALS, changed)).splitlines()
    assert [int(line.split("row ")[1].split(",")[0]) for line in refused] == drafts
    assert len(drafts) > 1


@pytest.mark.parametrize(
    ("name", "column", "word"),
    [
        (VITALS, "field", "gcs_eye"),
        ("vital_relations.csv", "rule", "swapped"),
        ("vital_contexts.csv", "context", "target"),
        ("protocol_cues.csv", "cue", "door"),
        ("allergy_cues.csv", "kind", "tolerated"),
        ("sections.csv", "section", "Disposition"),
    ],
)
def test_table_without_a_row_that_the_code_needs_is_refused(tmp_path: Path, name: str, column: str, word: str) -> None:
    rows = [row for row in tables.bundled_rows(name) if row[column] != word]
    assert f"{name}, lacks a row of" in refusal(write_table(tmp_path, name, rows))


def test_protocol_of_a_site_without_steps_is_only_mentioned(tmp_path: Path) -> None:
    steps = [row for row in tables.bundled_rows(STEPS) if row["protocol"] != "STEMI"]
    load_site_tables(write_table(tmp_path, STEPS, steps))
    found = check_protocols(parse_note(note_of(medical="Inferior STEMI, cath lab activated.")))
    assert {finding["rule"] for finding in found} == {"protocol.stemi.mentioned"}


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
    assert f"{name}, {said}" in refusal(tmp_path)


def test_row_with_a_cell_too_many_is_refused(tmp_path: Path) -> None:
    path = site_file(tmp_path, VITALS) / VITALS
    first, second, *others = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([first, second + ",more", *others]), encoding="utf-8")
    assert f"{VITALS}, row 2, has more or fewer cells than the header" in refusal(tmp_path)


def test_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"holds no \.csv file"):
        load_site_tables(tmp_path)

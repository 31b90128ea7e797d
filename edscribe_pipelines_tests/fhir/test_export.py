import logging

import orjson
import pytest

from edscribe_pipelines.clinical.records import NO_VITAL_SIGNS
from edscribe_pipelines.errors import BadInput, CorpusInvariant
from edscribe_pipelines.fhir.export import export_ndjson, jsonl_to_fhir
from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines_tests.fhir.invented import ADAPTER, NOTE_TEXT, rendered_note, stay

STAYS = [stay(encounter_id="e-1"), stay(encounter_id="e-2"), stay(encounter_id="e-3", patient_key="p-2")]
NOTES = {
    "e-1": rendered_note(),
    "e-3": rendered_note(note_origin="model", tier="drafted"),
}


def encounter(**changes):
    row = stay(**changes)
    return {field: value for field, value in row.items() if not field.startswith(("phi_", "stand_ins"))}


def rows_of(folder):
    return [orjson.loads(line) for path in sorted(folder.glob("*.ndjson")) for line in path.read_bytes().splitlines()]


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_export_writes_one_file_a_type_and_counts_its_lines(tmp_path):
    counts = export_ndjson(iter(STAYS), NOTES, tmp_path)
    lines = {path.stem: len(path.read_bytes().splitlines()) for path in tmp_path.glob("*.ndjson")}
    assert counts == lines
    assert counts["Encounter"] == 3
    assert counts["Composition"] == counts["Provenance"] == 2


def test_patients_and_devices_are_written_once(tmp_path):
    counts = export_ndjson(STAYS, NOTES, tmp_path)
    assert (counts["Patient"], counts["Device"]) == (2, 2)
    assert validate_resources(rows_of(tmp_path)) == []


def test_export_again_is_byte_identical(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    export_ndjson(STAYS, NOTES, tmp_path / "a")
    export_ndjson(STAYS, NOTES, tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_no_encounters_give_no_files(tmp_path):
    assert export_ndjson([], {}, tmp_path) == {}
    assert list(tmp_path.glob("*.ndjson")) == []


def unread(**changes):
    nothing = {name: [] for name in ("vitals", "home_medications", "dispensed", "administered", "diagnoses")}
    facts = (
        "sex",
        "age_years",
        "arrival_transport",
        "chief_complaint",
        "triage_acuity",
        "disposition",
        "minutes_in_ed",
    )
    aside = [{"field": "note", "reason": "a .docx that cannot be read"}]
    row = stay(encounter_id="e-9", patient_key="p-9", triage=NO_VITAL_SIGNS, set_aside=aside)
    return row | nothing | dict.fromkeys(facts) | changes


def test_a_note_that_could_not_be_read_gives_no_resources(tmp_path):
    counts = export_ndjson([*STAYS, unread()], NOTES, tmp_path)
    assert (counts["Encounter"], counts["Patient"]) == (3, 2)
    assert jsonl_to_fhir([("line 1", unread())], tmp_path / "out") == {}


@pytest.mark.parametrize(
    "fact",
    [{"sex": "F"}, {"triage": NO_VITAL_SIGNS | {"heart_rate_bpm": 98.0}}, {"set_aside": []}],
    ids=["sex", "triage", "nothing set aside"],
)
def test_a_stay_of_which_something_is_known_is_exported(tmp_path, fact):
    assert export_ndjson([unread(**fact)], {}, tmp_path)["Encounter"] == 1


def test_a_device_is_there_only_for_a_note_that_it_wrote(tmp_path):
    assert "Device" not in export_ndjson(STAYS, {}, tmp_path)


def test_invalid_resources_stop_the_export_with_rules_and_counts(tmp_path):
    broken = [stay(encounter_id=f"e-{n}", chief_complaint="2026-03-14") for n in range(3)]
    with pytest.raises(CorpusInvariant, match=r"Encounter date-finer-than-year \(3\)") as error:
        export_ndjson(broken, {}, tmp_path)
    assert "2026" not in str(error.value)


def test_a_stay_that_comes_twice_stops_the_export(tmp_path):
    with pytest.raises(CorpusInvariant, match="Encounter id-duplicate"):
        export_ndjson([stay(), stay()], {}, tmp_path)


@pytest.mark.parametrize("verdict", ["fail", "not_assessable"])
def test_a_row_that_did_not_pass_the_phi_gate_is_not_exported(tmp_path, verdict):
    with pytest.raises(CorpusInvariant, match=r"Encounter phi-gate \(1\)"):
        export_ndjson([stay(phi_gate=verdict)], {}, tmp_path)


def test_command_line_rows_become_a_folder(tmp_path):
    rows = [
        ("in.jsonl, line 1", encounter(encounter_id="e-1", note=NOTE_TEXT, note_origin="physician")),
        ("in.jsonl, line 2", stay(encounter_id="e-2")),
    ]
    counts = jsonl_to_fhir(rows, tmp_path / "out")
    assert (counts["Encounter"], counts["Composition"], counts["Patient"]) == (2, 1, 1)
    assert validate_resources(rows_of(tmp_path / "out")) == []


def test_row_that_was_written_before_rows_had_stand_ins_is_taken(tmp_path):
    row = {field: value for field, value in stay().items() if field != "stand_ins"}
    assert jsonl_to_fhir([("line 1", row)], tmp_path / "out")["Encounter"] == 1


def test_no_rows_give_an_empty_folder(tmp_path):
    assert jsonl_to_fhir([], tmp_path / "out") == {}
    assert list((tmp_path / "out").iterdir()) == []


def test_a_note_without_the_twelve_sections_is_counted_not_quoted(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        counts = jsonl_to_fhir([("line 1", encounter(note="HPI: fell off a ladder"))], tmp_path / "out")
    assert "Composition" not in counts
    assert caplog.messages == ["1 notes without the twelve sections became no Composition"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "x"}, "line 2, field schema: field required"),
        (encounter(schema="encounter/9"), "line 2, field schema"),
        (encounter(encounter_id="e_1"), "line 2: gives resources that break .*Encounter id-format"),
        (encounter(encounter_id="e-1"), "line 2: gives resources that break .*Encounter id-duplicate"),
        (encounter(triage_acuity=9), "line 2: gives resources that break Observation esi-answer"),
        (stay(phi_gate="fail"), "line 2: gives resources that break Encounter phi-gate"),
        (encounter() | {"known_identifiers": []}, "line 2, field known_identifiers"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path, row, message):
    with pytest.raises(BadInput, match=message):
        jsonl_to_fhir([("line 1", encounter(encounter_id="e-1")), ("line 2", row)], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="not an empty folder"):
        jsonl_to_fhir([("line 1", encounter())], tmp_path)
    assert content(tmp_path) == {"mine.txt": b"mine"}


def test_list_of_stays_names_every_resource_once_and_what_stays_share(tmp_path):
    export_ndjson(STAYS, NOTES, tmp_path)
    listed = [orjson.loads(line) for line in (tmp_path / "stays.jsonl").read_bytes().splitlines()]
    assert [(row["stay"], row["patient"], row["made_by"]) for row in listed] == [
        ("e-1", STAYS[0]["patient_key"], None),
        ("e-2", STAYS[1]["patient_key"], None),
        ("e-3", "p-2", "Device/edscribe-model"),
    ]
    written = {f"{row['resourceType']}/{row['id']}" for row in rows_of(tmp_path)}
    own = [reference for row in listed for reference in row["resources"]]
    shared = {reference for row in listed for reference in row["shared"]}
    assert len(own) == len(set(own))
    assert set(own) | shared == written
    assert not shared & set(own)


def corrected(encounter_id, revises, note):
    return encounter(encounter_id=encounter_id, revises=revises, note=note, note_origin="physician", source="feedback")


@pytest.mark.parametrize("is_first", [True, False])
def test_a_correction_is_a_new_version_of_the_stays_documents(tmp_path, is_first):
    first = encounter(encounter_id="e-1", note=NOTE_TEXT, note_origin="physician")
    again = corrected("e-8", "e-1", NOTE_TEXT.replace("Admitted.", "Admitted to the ward."))
    last = corrected("e-9", "e-1", NOTE_TEXT.replace("Admitted.", "Discharged home."))
    rows = [again, last, first] if is_first else [first, again, last]
    counts = jsonl_to_fhir([(f"line {number}", row) for number, row in enumerate(rows, start=1)], tmp_path / "out")
    alone = jsonl_to_fhir([("line 1", first)], tmp_path / "alone")
    assert counts == alone
    written = {row["id"]: row for row in rows_of(tmp_path / "out")}
    assert "e-9" not in "".join(written)
    assert "Discharged home." in written["e-1-note"]["section"][-1]["text"]["div"]


def test_a_correction_without_the_twelve_sections_changes_nothing(tmp_path):
    first = encounter(encounter_id="e-1", note=NOTE_TEXT, note_origin="physician")
    jsonl_to_fhir([("line 1", first), ("line 2", corrected("e-8", "e-1", "Looks fine to me."))], tmp_path / "out")
    jsonl_to_fhir([("line 1", first)], tmp_path / "alone")
    assert content(tmp_path / "out") == content(tmp_path / "alone")


def test_a_correction_of_a_correction_is_one_of_the_stay(tmp_path):
    first = encounter(encounter_id="e-1", note=NOTE_TEXT, note_origin="physician")
    again = corrected("e-8", "e-1", NOTE_TEXT)
    last = corrected("e-9", "e-8", NOTE_TEXT.replace("Admitted.", "Discharged home."))
    counts = jsonl_to_fhir([("line 1", first), ("line 2", again), ("line 3", last)], tmp_path / "out")
    assert counts["Encounter"] == counts["Composition"] == 1
    (document,) = [row for row in rows_of(tmp_path / "out") if row["resourceType"] == "Composition"]
    assert (document["id"], "Discharged home." in document["section"][-1]["text"]["div"]) == ("e-1-note", True)


def test_a_correction_keeps_the_label_where_the_model_still_speaks(tmp_path):
    first = encounter(encounter_id="e-1", note=NOTE_TEXT, note_origin="model")
    last = corrected("e-9", "e-1", NOTE_TEXT.replace("Admitted.", "Discharged home."))
    jsonl_to_fhir([("line 1", first), ("line 2", last)], tmp_path / "out", ADAPTER)
    (document,) = [row for row in rows_of(tmp_path / "out") if row["resourceType"] == "Composition"]
    assert [row["title"] for row in document["section"] if "extension" not in row] == ["Disposition"]
    assert document["author"] == [{"display": "Emergency physician"}]


def test_a_correction_under_another_patient_is_bad_input(tmp_path):
    first = encounter(encounter_id="e-1", note=NOTE_TEXT, note_origin="physician")
    last = corrected("e-9", "e-1", NOTE_TEXT) | {"patient_key": "p-other"}
    with pytest.raises(BadInput, match="line 2, field patient_key: another patient"):
        jsonl_to_fhir([("line 1", first), ("line 2", last)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_value_that_no_integer_holds_is_bad_input(tmp_path):
    row = encounter()
    with pytest.raises(BadInput, match="line 1: gives resources that break Observation vital-sign-impossible"):
        jsonl_to_fhir([("line 1", row | {"triage": row["triage"] | {"heart_rate_bpm": 1e300}})], tmp_path / "out")

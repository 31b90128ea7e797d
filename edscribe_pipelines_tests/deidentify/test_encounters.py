from __future__ import annotations

from datetime import datetime
from typing import Any, get_type_hints

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import (
    NO_VITAL_SIGNS,
    DeidentifiedNote,
    Identifier,
    PhiEncounter,
    polars_schema,
    to_frame,
)
from edscribe_pipelines.deidentify.checking.gate import phi_findings, stands_in
from edscribe_pipelines.deidentify.encounters import deidentify_encounters, detections_in
from edscribe_pipelines.deidentify.replacing.replacement import Method, Replacement, Wording

AUDIT_KEY = b"an invented key of 32 characters"
_EXCERPT = {"section": "History of Present Illness", "text": "", "origin": "discharge_summary"}
_RHYTHM = {**NO_VITAL_SIGNS, "minute": 41, "rhythm": "Sinus Rhythm"}


def _stay(number: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(get_type_hints(PhiEncounter))
    row |= {
        "schema": "encounter/1",
        "encounter_id": f"e-{number}",
        "patient_key": "p-1",
        "source": "mimic",
        "data_use": "open",
        "age_years": 61,
        "chief_complaint": "Chest pain",
        "triage": dict(NO_VITAL_SIGNS),
        "vitals": [_RHYTHM],
        "home_medications": [{"name": "Foley catheter kit"}],
        "dispensed": [{"minute": 12, "name": "Morphine Sulfat 4mg/1mL 1mL VIAL"}],
        "administered": [{"name": "morphine", "amount": 4.0, "unit": "mg", "route": "IV", "times": 2}],
        "confirmed_doses": [{"name": "morphine", "amount": 20.0, "unit": "mg"}],
        "excerpts": [],
        "diagnoses": [{"rank": 1, "code": "R079", "system": "icd10", "title": "Chest pain, unspecified"}],
        "set_aside": [],
        "arrival_time": "2180-05-06T19:17:00",
        "source_ids": [{"kind": "stay_id", "value": "33258284"}],
        "known_identifiers": [],
    }
    return row | changes


def _deidentified(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return deidentify_encounters(to_frame(PhiEncounter, list(rows)), AUDIT_KEY).rows.to_dicts()


def test_facts_without_identifiers_pass_unharmed() -> None:
    row = _stay(1)
    (clean,) = _deidentified(row)
    kept = {name: value for name, value in row.items() if name in clean}
    assert {name: clean[name] for name in kept} == kept
    assert (clean["phi_gate"], clean["phi_gate_rules"], clean["phi_spans_removed"]) == ("pass", [], [])


def test_identifiers_and_arrival_time_stay_behind() -> None:
    frame = deidentify_encounters(to_frame(PhiEncounter, [_stay(1)]), AUDIT_KEY).rows
    assert frame.schema == polars_schema(DeidentifiedNote)


def test_order_is_kept_when_some_rows_have_notes() -> None:
    rows = [_stay(1), _stay(2, note="Mr. Vossberg fell."), _stay(3), _stay(4, chief_complaint="call 415-555-0132")]
    assert [row["encounter_id"] for row in _deidentified(*rows)] == ["e-1", "e-2", "e-3", "e-4"]


def test_note_and_facts_lose_known_identifiers() -> None:
    known = [{"kind": "patient_name", "value": "Oda Vossberg"}]
    row = _stay(
        1, note="vossberg, stay 33258284, has a Foley.", chief_complaint="fall, Vossberg", known_identifiers=known
    )
    (clean,) = _deidentified(row)
    assert clean["note"] == "[NAME], stay [OTHER_ID], has a Foley."
    assert clean["chief_complaint"] == "fall, [NAME]"
    assert clean["phi_spans_removed"] == [{"type": "NAME", "count": 2}, {"type": "OTHER_ID", "count": 1}]
    assert clean["phi_gate"] == "pass"


def test_excerpts_are_narrative_and_lose_what_a_note_would() -> None:
    known = [{"kind": "patient_name", "value": "Oda Vossberg"}]
    excerpts = [
        {**_EXCERPT, "text": "Cough worse at night per vossberg. HR 98."},
        {**_EXCERPT, "section": "ED Course & Procedures", "text": "HR 98, Foley placed."},
    ]
    (clean,) = _deidentified(_stay(1, excerpts=excerpts, known_identifiers=known))
    assert clean["excerpts"] == [{**excerpts[0], "text": "Cough worse at night per [NAME]. HR 98."}, excerpts[1]]
    assert clean["phi_spans_removed"] == [{"type": "NAME", "count": 1}]
    assert clean["phi_gate"] == "pass"


def test_excerpts_of_a_row_that_nothing_else_makes_suspicious_are_looked_at() -> None:
    (clean,) = _deidentified(_stay(1, excerpts=[{**_EXCERPT, "text": "Mr. Vossberg fell."}]))
    assert clean["excerpts"][0]["text"] == "Mr. [NAME] fell."


def test_gate_looks_at_excerpts() -> None:
    known = [{"kind": "patient_name", "value": "Oda Drain"}]
    (clean,) = _deidentified(_stay(1, excerpts=[{**_EXCERPT, "text": "Old drain in place."}], known_identifiers=known))
    assert (clean["phi_gate"], clean["excerpts"]) == ("fail", [])


def test_dose_keeps_its_numbers_and_its_drug_loses_an_identifier() -> None:
    dose = {"amount": 4.0, "unit": "mg", "route": "IV", "times": 2}
    (clean,) = _deidentified(_stay(1, administered=[{"name": "morphine (call 415-555-0132)", **dose}]))
    assert clean["administered"] == [{"name": "morphine (call [PHONE])", **dose}]


def test_fact_with_the_shape_of_an_identifier_loses_it() -> None:
    medications = [{"name": "aspirin (call 415-555-0132)"}]
    (clean,) = _deidentified(_stay(1, home_medications=medications))
    assert clean["home_medications"] == [{"name": "aspirin (call [PHONE])"}]


def test_ages_over_89_become_ninety() -> None:
    ages = [row["age_years"] for row in _deidentified(_stay(1, age_years=97), _stay(2, age_years=97, note="Well."))]
    assert ages == [90, 90]


def test_age_that_is_absent_stays_absent() -> None:
    assert [
        row["age_years"] for row in _deidentified(_stay(1, age_years=None), _stay(2, age_years=None, note="."))
    ] == [
        None,
        None,
    ]


def test_row_that_the_gate_stops_loses_its_text() -> None:
    known = [{"kind": "patient_name", "value": "Oda Drain"}]
    excerpts = [{**_EXCERPT, "text": "Coughs."}]
    (clean,) = _deidentified(_stay(1, note="Old drain in place.", excerpts=excerpts, known_identifiers=known))
    assert (clean["phi_gate"], clean["phi_gate_rules"]) == ("fail", ["known_identifier"])
    assert (clean["encounter_id"], clean["note"], clean["chief_complaint"]) == ("e-1", None, None)
    lists = ("home_medications", "dispensed", "administered", "diagnoses", "vitals", "excerpts", "confirmed_doses")
    assert {name: clean[name] for name in lists} == {name: [] for name in lists}


def test_no_rows_give_no_rows() -> None:
    empty = deidentify_encounters(to_frame(PhiEncounter, []), AUDIT_KEY).rows
    assert (empty.height, empty.schema) == (0, polars_schema(DeidentifiedNote))


def test_frame_of_notes_alone_works() -> None:
    frame = to_frame(PhiEncounter, [_stay(1, note="Seen by Dr. Vossberg.")])
    assert deidentify_encounters(frame, AUDIT_KEY).rows["note"].to_list() == ["Seen by Dr. [NAME]."]


def test_audit_says_where_and_by_which_rule_and_never_what() -> None:
    note = "Seen by Dr. Vossberg, call 415-555-0132."
    excerpts = [{**_EXCERPT, "text": "Mr. Ellery fell."}]
    stay = _stay(1, note=note, excerpts=excerpts, chief_complaint="fall (call 415-555-0132)")
    audit = deidentify_encounters(to_frame(PhiEncounter, [_stay(2), stay]), AUDIT_KEY).audit
    assert audit["encounter_id"].unique().to_list() == ["e-1"]
    assert audit.select("field", "start", "end", "type").rows() == [
        ("note", 12, 20, "NAME"),
        ("note", 27, 39, "PHONE"),
        ("excerpts.0", 4, 10, "NAME"),
        ("chief_complaint", 11, 23, "PHONE"),
    ]
    assert audit["value_hmac"][1] == audit["value_hmac"][3] != audit["value_hmac"][0]
    assert not any(value in str(audit.rows()) for value in ("Vossberg", "Ellery", "0132"))


def test_surrogates_are_the_same_in_all_notes_of_a_patient() -> None:
    rows = [_stay(number, note="Mr. Vossberg fell.") for number in (1, 2)]
    rows.append(_stay(3, note="Mr. Vossberg fell.", patient_key="p-2"))
    how = Replacement(wording=Wording.SURROGATES, key=AUDIT_KEY)
    first, second, other = deidentify_encounters(to_frame(PhiEncounter, rows), AUDIT_KEY, how).rows["note"]
    assert first == second != other
    assert "Vossberg" not in first + other


def test_shifted_dates_keep_their_distance() -> None:
    stay = _stay(1, note="Seen 3/14/2024 and 3/17/2024.")
    how = Replacement(method=Method.DATE_SHIFT, key=AUDIT_KEY)
    (note,) = deidentify_encounters(to_frame(PhiEncounter, [stay]), AUDIT_KEY, how).rows["note"]
    before, after = (
        datetime.strptime(date, "%m/%d/%Y") for date in note.removeprefix("Seen ").removesuffix(".").split(" and ")
    )
    assert (after - before).days == 3
    assert "3/14/2024" not in note


def test_gate_sees_what_stands_behind_a_surrogate() -> None:
    known = [{"kind": "patient_name", "value": "Oda Drain"}]
    stay = _stay(1, note="Old drain in place; call 415-555-0132.", known_identifiers=known)
    how = Replacement(wording=Wording.SURROGATES, key=AUDIT_KEY)
    (row,) = deidentify_encounters(to_frame(PhiEncounter, [stay]), AUDIT_KEY, how).rows.to_dicts()
    assert (row["phi_gate"], row["phi_gate_rules"], row["note"]) == ("fail", ["known_identifier"], None)


def _stored(source: pl.DataFrame, **changes: Any) -> pl.DataFrame:
    """Return the rows as they are released, with `changes` to the first that nobody took out."""
    released = deidentify_encounters(source, AUDIT_KEY).rows
    rows = released.to_dicts()
    return to_frame(DeidentifiedNote, [rows[0] | changes, *rows[1:]])


_KNOWN: list[Identifier] = [{"kind": "patient_name", "value": "Oda Vossberg"}]


@pytest.mark.parametrize(
    ("changes", "detections"),
    [
        ({}, 0),
        ({"note": "Call 415-555-0132."}, 1),
        ({"note": "Call 415-555-0132.", "stand_ins": ["415-555-0132"]}, 0),
        ({"note": "Call 415-555-0132 or 415-555-0133.", "stand_ins": ["415-555-0132"]}, 1),
        ({"note": "Ms. Vossberg fell.", "stand_ins": ["Vossberg"]}, 1),
        ({"chief_complaint": "call 415-555-0132"}, 1),
        ({"chief_complaint": "call 415-555-0132", "stand_ins": ["415-555-0132"]}, 0),
        ({"excerpts": [_EXCERPT | {"text": "MRN: 83320175"}]}, 1),
    ],
)
def test_gate_reads_released_rows_again_as_they_are_stored(changes: dict[str, Any], detections: int) -> None:
    source = to_frame(PhiEncounter, [_stay(1, note="Oda Vossberg fell.", known_identifiers=_KNOWN), _stay(2)])
    assert detections_in(_stored(source, **changes), source) == detections


_NOTE = """\
Oda Vossberg, MRN: 83320175, room 812, was seen by Dr. Tamsek on 3/14/2024.
Her husband Jorin can be reached at 415-555-0132 or jorin@example.com. Old records in room 415."""


_NOTED = {
    "note": _NOTE,
    "chief_complaint": "fall (call 415-555-0132)",
    "known_identifiers": _KNOWN,
    "arrival_time": "2024-03-14T19:17:00",
}


def _surrogated(method: Method = Method.SAFE_HARBOR, **changes: Any) -> dict[str, Any]:
    how = Replacement(method, Wording.SURROGATES, AUDIT_KEY)
    frame = to_frame(PhiEncounter, [_stay(1, **(_NOTED | changes))])
    (row,) = deidentify_encounters(frame, AUDIT_KEY, how).rows.to_dicts()
    return row


def test_row_names_the_stand_ins_that_were_written_into_it() -> None:
    row = _surrogated()
    assert row["stand_ins"] == sorted(set(row["stand_ins"]))
    text = f"{row['note']}\n{row['chief_complaint']}"
    assert all(each in text for each in row["stand_ins"])
    assert {"NAME", "MRN", "PHONE", "EMAIL"} <= {each["type"] for each in row["phi_spans_removed"]}
    assert phi_findings(text, []) != []
    assert phi_findings(text, _KNOWN, row["stand_ins"]) == []


def test_what_may_be_told_is_no_stand_in() -> None:
    row = _surrogated()
    assert "2024" in row["note"]
    assert "2024" not in row["stand_ins"]


def test_no_stand_in_is_a_value_of_the_record() -> None:
    before = _surrogated()["stand_ins"]
    assert not any(stands_in(_NOTE, each) for each in before)
    known = [*_KNOWN, *({"kind": "patient_name", "value": each} for each in before)]
    after = _surrogated(known_identifiers=known)["stand_ins"]
    assert after
    assert not {*before} & {*after}
    told = f"{_NOTE} Also said: {'; '.join(before)}."
    assert not any(stands_in(told, each) for each in _surrogated(note=told)["stand_ins"])


def test_tags_stay_where_an_invented_value_happens_to_be_one_of_the_record() -> None:
    (moved,) = _surrogated(Method.DATE_SHIFT, note="Seen 3/14/2024.", chief_complaint="fall")["stand_ins"]
    row = _surrogated(Method.DATE_SHIFT, note=f"Seen 3/14/2024 and {moved}.", chief_complaint="fall")
    assert (row["phi_gate"], row["stand_ins"]) == ("pass", [])
    assert row["note"].startswith("Seen [DATE 2024] and [DATE 20")


def test_tags_are_no_stand_ins() -> None:
    row = _deidentified(_stay(1, note=_NOTE, known_identifiers=_KNOWN))[0]
    assert ("[NAME]" in row["note"], row["stand_ins"]) == (True, [])


def test_row_that_the_gate_stops_has_no_stand_ins() -> None:
    row = _surrogated(note=f"{_NOTE} Old drain.", known_identifiers=[{"kind": "patient_name", "value": "Oda Drain"}])
    assert (row["phi_gate"], row["stand_ins"]) == ("fail", [])

from typing import Any, get_type_hints

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import (
    Case,
    DeidentifiedNote,
    Encounter,
    GatedCase,
    PhiEncounter,
    QuarantinedCase,
    polars_schema,
    rows_of,
    to_frame,
    validate,
)
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines_tests.builders import deidentified, gated_case, phi_encounter

RECORDS = (Encounter, PhiEncounter, DeidentifiedNote, Case, GatedCase, QuarantinedCase)


@pytest.mark.parametrize(("record", "row"), [(DeidentifiedNote, deidentified()), (PhiEncounter, phi_encounter())])
def test_row_comes_back_from_a_table_as_it_was(record: type, row: dict[str, Any]) -> None:
    assert list(rows_of(record, to_frame(record, [row]))) == [row]


def test_gated_case_comes_back_from_a_table_as_it_was() -> None:
    assert list(rows_of(GatedCase, to_frame(GatedCase, [gated_case()]))) == [gated_case()]


@pytest.mark.parametrize("record", RECORDS)
def test_empty_table_has_the_columns_and_types_of_its_record(record: type) -> None:
    empty = to_frame(record, [])
    assert empty.schema == polars_schema(record)
    assert empty.columns == list(get_type_hints(record))


def test_empty_and_filled_tables_concatenate() -> None:
    filled = to_frame(GatedCase, [gated_case()])
    assert pl.concat([to_frame(GatedCase, []), filled]).equals(filled)


def test_lists_and_structs_have_typed_fields() -> None:
    schema = polars_schema(Encounter)
    assert schema["dispensed"] == pl.List(pl.Struct({"minute": pl.Int64, "name": pl.String}))
    assert schema["age_years"] == pl.Int64
    assert schema["data_use"] == pl.String


def test_no_identifier_leaves_the_phi_zone() -> None:
    beside = {"arrival_time", "source_ids", "known_identifiers"}
    assert set(get_type_hints(PhiEncounter)) - set(get_type_hints(Encounter)) == beside
    assert not beside & (set(get_type_hints(DeidentifiedNote)) | set(get_type_hints(GatedCase)))


def encounter(**changes: Any) -> dict[str, Any]:
    return {name: (deidentified() | changes)[name] for name in get_type_hints(Encounter)} | changes


def test_whole_row_is_valid() -> None:
    assert validate(Encounter, encounter(), "line 1") == encounter()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"age_years": "Ybarra"}, "age_years"),
        ({"source": "Ybarra"}, "source"),
        ({"dispensed": [{"minute": 1, "name": "Aspirin"}, {"minute": "Ybarra", "name": "x"}]}, "dispensed.1.minute"),
        ({"surname": "Ybarra"}, "surname"),
        ({"triage": {"heart_rate_bpm": 98.0}}, "triage.temperature_degf"),
    ],
)
def test_wrong_field_is_named_with_its_place_and_not_quoted(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as error:
        validate(Encounter, encounter(**changes), "line 7")
    assert str(error.value).startswith(f"line 7, field {field}: ")
    assert "Ybarra" not in str(error.value)
    assert error.value.__suppress_context__


def test_missing_field_is_named() -> None:
    row = encounter()
    del row["patient_key"]
    with pytest.raises(BadInput, match="line 7, field patient_key: field required"):
        validate(Encounter, row, "line 7")


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(BadInput, match="line 7, field row: "):
        validate(Encounter, "Ybarra", "line 7")

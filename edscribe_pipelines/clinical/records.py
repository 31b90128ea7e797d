"""The records that flow between the rooms, one versioned definition each.

A row is a plain dict of the shape of its TypedDict. `polars_schema` derives the column types of the
stored Parquet from the same definition, and `validate` holds outside input to it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import polars as pl
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict, is_typeddict

from edscribe_pipelines.errors import BadInput

ENCOUNTER_SCHEMA = "encounter/1"

Source = Literal["mimic", "notes", "feedback"]
DataUse = Literal["open", "credentialed", "institutional", "synthetic"]
"""Who may see a row: `credentialed` is bound by the PhysioNet data use agreement, `institutional`
by the hospital's own rules. The value follows the row into cases, adapters and bundles."""
NoteOrigin = Literal["physician", "template", "model"]
Tier = Literal["physician", "drafted", "rendered"]
Severity = Literal["critical", "warning", "information"]
Verdict = Literal["pass", "fail", "not_assessable"]
SectionState = Literal["documented", "not_documented", "empty", "missing"]

Row = TypeVar("Row")

_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)


@with_config(_STRICT)
class VitalSigns(TypedDict):
    """One set of vital signs; None where not measured or set aside."""

    temperature_degf: float | None
    heart_rate_bpm: float | None
    respiratory_rate_bpm: float | None
    spo2_pct: float | None
    sbp_mmhg: float | None
    dbp_mmhg: float | None
    pain_0_10: float | None


@with_config(_STRICT)
class TimedVitalSigns(VitalSigns):
    """Vital signs charted `minute` minutes after arrival."""

    minute: int
    rhythm: str | None


@with_config(_STRICT)
class HomeMedication(TypedDict):
    name: str


@with_config(_STRICT)
class Dispensed(TypedDict):
    """A drug dispensed in the ED: dispensed, not known to be administered."""

    minute: int
    name: str


@with_config(_STRICT)
class Administered(TypedDict):
    """A dose that a physician's note says was given in the ED, `times` times."""

    name: str
    amount: Annotated[float, Field(gt=0)]
    unit: Literal["mcg", "mg", "g", "units", "mEq", "mL"]
    route: str | None
    times: Annotated[int, Field(ge=1, le=99)]


@with_config(_STRICT)
class ConfirmedDose(TypedDict):
    """A dose beyond a limit that a physician confirmed was given and meant; it may then teach."""

    name: str
    amount: Annotated[float, Field(gt=0)]
    unit: Literal["mcg", "mg", "g", "units", "mEq", "mL"]


@with_config(_STRICT)
class Excerpt(TypedDict):
    """Words of another document of the same stay that belong in `section`, as they stand there."""

    section: str
    text: str
    origin: Literal["discharge_summary"]


@with_config(_STRICT)
class Diagnosis(TypedDict):
    rank: int
    code: str
    system: Literal["icd9", "icd10"]
    title: str


@with_config(_STRICT)
class SetAside(TypedDict):
    """A source value that cannot be a fact. The value itself stays in the PHI zone's raw tables."""

    field: str
    reason: str


@with_config(_STRICT)
class Encounter(TypedDict):
    """One ED stay as facts, free of identifiers: the shape that leaves the PHI zone."""

    schema: str
    encounter_id: str
    patient_key: str
    source: Source
    data_use: DataUse
    sex: str | None
    age_years: int | None
    arrival_transport: str | None
    chief_complaint: str | None
    triage_acuity: int | None
    triage: VitalSigns
    vitals: list[TimedVitalSigns]
    home_medications: list[HomeMedication]
    dispensed: list[Dispensed]
    administered: list[Administered]
    confirmed_doses: list[ConfirmedDose]
    diagnoses: list[Diagnosis]
    excerpts: list[Excerpt]
    disposition: str | None
    minutes_in_ed: int | None
    set_aside: list[SetAside]
    note: str | None
    note_origin: NoteOrigin | None
    revises: str | None
    """encounter_id of the stay whose note this row's physician corrected, else None."""


@with_config(_STRICT)
class Identifier(TypedDict):
    """A value that names somebody in the encounter, known from the source record."""

    kind: str
    value: str


@with_config(_STRICT)
class PhiEncounter(Encounter):
    """An encounter as the PHI zone holds it: with identifiers, arrival time and raw note."""

    arrival_time: str | None
    source_ids: list[Identifier]
    known_identifiers: list[Identifier]


@with_config(_STRICT)
class SpanCount(TypedDict):
    type: str
    count: int


@with_config(_STRICT)
class DeidentifiedNote(Encounter):
    """An encounter after de-identification, with the PHI gate's verdict.

    `stand_ins` are the invented values that stand in its text for real ones, sorted: later gates look past them. None
    is a value of the record. They stay beside the row: who holds them and the text knows what was not invented.
    """

    phi_spans_removed: list[SpanCount]
    phi_gate: Verdict
    phi_gate_rules: list[str]
    stand_ins: list[str]


@with_config(_STRICT)
class Finding(TypedDict):
    """What a rule has to say about a note. `start` and `end` are characters of the note, end
    exclusive, or None where the finding is about something absent. `message` never quotes it."""

    rule: str
    severity: Severity
    section: str | None
    start: int | None
    end: int | None
    message: str
    citation: str | None


@with_config(_STRICT)
class Provenance(TypedDict):
    """The span of a completion that states `field` of its encounter, changed only by `conversion`."""

    start: int
    end: int
    field: str
    conversion: str


@with_config(_STRICT)
class CaseMetadata(TypedDict):
    """The metadata of the plan's exported JSONL, exactly."""

    chief_complaint: str
    esi_level: int | None
    disposition: str
    protocols: list[str]


@with_config(_STRICT)
class Case(TypedDict):
    """A training pair before the gates."""

    case_id: str
    encounter_id: str
    patient_key: str
    data_use: DataUse
    tier: Tier
    note_origin: NoteOrigin
    revises: str | None
    prompt: str
    completion: str
    metadata: CaseMetadata
    provenance: list[Provenance]


@with_config(_STRICT)
class GatedCase(Case):
    """A case that no gate failed, with the verdict of each gate and the findings that remain."""

    gate_sections: Verdict
    gate_guardrails: Verdict
    gate_decision_making: Verdict
    gate_disposition: Verdict
    gate_phi: Verdict
    findings: list[Finding]


@with_config(_STRICT)
class QuarantinedCase(TypedDict):
    """A stay that gave no case, or a case that a gate failed. It keeps no note text: the encounter
    in `deidentified_notes` does."""

    encounter_id: str
    patient_key: str
    source: Source
    stage: str
    reasons: list[str]
    findings: list[Finding]


_SCALARS: dict[Any, Any] = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}


@cache
def polars_schema(record: type) -> pl.Schema:
    """Return the column types of a table of `record`s."""
    return pl.Schema({name: _polars_type(hint) for name, hint in get_type_hints(record).items()})


def _polars_type(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if get_origin(hint) is Literal:
        return pl.String
    if get_origin(hint) is list:
        return pl.List(_polars_type(get_args(hint)[0]))
    if is_typeddict(hint):
        return pl.Struct(dict(polars_schema(hint)))
    return _SCALARS[hint]


def to_frame(record: type, rows: list[Any]) -> pl.DataFrame:
    """Return `rows` as a table with the columns of `record`, also when there are none."""
    return pl.DataFrame(rows, schema=polars_schema(record), orient="row")


def rows_of(record: type[Row], frame: pl.DataFrame) -> Iterator[Row]:
    """Yield the rows of a table that has the columns of `record`."""
    yield from cast(Iterator[Row], frame.iter_rows(named=True))


def validate(record: type, row: Any, where: str) -> Any:
    """Return `row` as a `record`.

    Raises BadInput naming `where` and the field, never the value.
    """
    try:
        return _adapter(record).validate_python(row)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "row"
        raise BadInput(where, f"{first['msg'].lower()}", field=field) from None


@cache
def _adapter(record: type) -> TypeAdapter[Any]:
    return TypeAdapter(record)


NO_VITAL_SIGNS: VitalSigns = {
    "temperature_degf": None,
    "heart_rate_bpm": None,
    "respiratory_rate_bpm": None,
    "spo2_pct": None,
    "sbp_mmhg": None,
    "dbp_mmhg": None,
    "pain_0_10": None,
}

_ABSENT_FACTS: dict[str, Any] = {
    name: [] if get_origin(hint) is list else None
    for name, hint in get_type_hints(Encounter).items()
    if name not in {"schema", "encounter_id", "patient_key", "source", "data_use"}
}


def with_absent_facts(row: dict[str, Any]) -> dict[str, Any]:
    """Return an `Encounter` from outside in which the facts that it leaves out are absent."""
    filled = {**_ABSENT_FACTS, "triage": {}, **row}
    filled["triage"] = _with_absent(filled["triage"], dict(NO_VITAL_SIGNS))
    if isinstance(filled["vitals"], list):
        filled["vitals"] = [_with_absent(vitals, {**NO_VITAL_SIGNS, "rhythm": None}) for vitals in filled["vitals"]]
    return filled


def _with_absent(given: Any, absent: dict[str, Any]) -> Any:
    return {**absent, **given} if isinstance(given, dict) else given

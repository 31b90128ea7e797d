"""Whatever a cell of a site's table holds: it is refused by its row, or the table loads and notes can be checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from edscribe_pipelines import tables
from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.medications.limits import dose_limits, drugs_dosed_in_mg, limits_of
from edscribe_pipelines.clinical.protocols.rules import protocols
from edscribe_pipelines.clinical.reasoning.complaints import complaints_in
from edscribe_pipelines.clinical.reasoning.risk_scores import scored_complaints
from edscribe_pipelines.clinical.register.effects import RULE_TABLES
from edscribe_pipelines.clinical.register.rules import register
from edscribe_pipelines.clinical.register.site_tables import load_site_tables
from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.errors import BadTables
from edscribe_pipelines_tests.clinical.invented import note_of
from edscribe_pipelines_tests.clinical.register.site import write_table

LOADERS: dict[str, Callable[[], object]] = {
    "dose_limits.csv": lambda: (dose_limits(), drugs_dosed_in_mg(), limits_of("morphine", "single")),
    "vital_limits.csv": vital_limits,
    "risk_scores.csv": scored_complaints,
    "protocol_steps.csv": protocols,
    "rule_outs.csv": lambda: complaints_in("chest pain"),
}
JUNK = (
    "",
    " ",
    "x",
    "-1",
    "0",
    "1e400",
    "12.5",
    "٣",
    "nan",
    "no;;limit",
    ";",
    ")",
    "(",
    "(?P<a>x)",
    "x{2",
    "a:b:c",
    "☃",
)
NOTE = note_of(
    physical="T 98.6 F, HR 150, RR 18, SpO2 97%, BP 142/81, pain 3/10, GCS 15 (E4 V5 M6), POC glucose 110.",
    ed="Morphine 4 mg IV x2. Cardiac arrest 12:01: CPR started, epinephrine 1 mg IV at 12:02 and 12:06, shock 12:04.",
    medical="Differential: ACS, pulmonary embolism. HEART score 3. Wells score of 2. qSOFA 1.",
)
NEEDED = {"vital_limits.csv", "vital_relations.csv", "protocol_cues.csv"}
READ_BY_THE_REGISTER = {"source", "year", "status", "owner", "reviewed", "expires", "url", "note"}
CELLS = [
    (name, column) for name in LOADERS for column in tables.bundled_columns(name) if column not in READ_BY_THE_REGISTER
]


def is_accepted(folder: Path, name: str, **changed: str) -> bool:
    """Whether a table is read whose first row, alone where the code needs no other, has these cells."""
    first, *others = tables.bundled_rows(name)
    alone = {"order": ""} if name == "protocol_steps.csv" else {}
    rows = [first | alone | changed, *(others if name in NEEDED else ())]
    try:
        load_site_tables(write_table(folder, name, rows))
    except BadTables:
        return False
    return True


@pytest.mark.parametrize(("name", "column"), CELLS)
def test_junk_is_refused_or_loads(tmp_path: Path, name: str, column: str) -> None:
    for junk in JUNK:
        if is_accepted(tmp_path, name, **{column: junk}):
            LOADERS[name]()
    assert register()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=st.sampled_from(CELLS), junk=st.text(st.characters(codec="utf-8"), max_size=12))
@example(cell=("rule_outs.csv", "synonyms"), junk=")")
@example(cell=("vital_limits.csv", "extreme_if"), junk="x{99999999999999}")
def test_no_text_at_all_breaks_a_loader(tmp_path: Path, cell: tuple[str, str], junk: str) -> None:
    name, column = cell
    if is_accepted(tmp_path / name, name, **{column: junk}):
        LOADERS[name]()
        assert register()


@pytest.mark.parametrize("table", RULE_TABLES)
def test_junk_wherever_it_is_accepted_never_breaks_a_check(tmp_path: Path, table: str) -> None:
    name = f"{table}.csv"
    columns = [column for column in tables.bundled_columns(name) if is_accepted(tmp_path, name, **{column: "x"})]
    assert "source" in columns
    assert is_accepted(tmp_path, name, **dict.fromkeys(columns, "x"))
    check_note(NOTE)

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from edscribe_pipelines import tables
from edscribe_pipelines.clinical.register.effects import RULE_TABLES
from edscribe_pipelines.clinical.register.site_tables import table_problems

FILES = sorted(Path(str(file)) for file in resources.files(tables.CLINICAL).iterdir() if file.name.endswith(".csv"))
NAMES = [file.name for file in FILES]
OWNED = {"owner", "reviewed", "expires"}
OUR_OWN = ("project's rule", "general knowledge", "from memory", "judgement", "needs physician", "needs pharmacist")


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_bundled_table_is_held_to_what_a_sites_own_is_held_to(file: Path) -> None:
    assert list(table_problems(file.name, file)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_source_year_and_status(name: str) -> None:
    rows = tables.bundled_rows(name)
    assert rows
    assert all(row["source"] and row["year"] and row["status"] in ("verified", "draft") for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_our_own_is_marked_verified(name: str) -> None:
    verified = {row["source"].lower() for row in tables.bundled_rows(name) if row["status"] == "verified"}
    assert not {source for source in verified if any(said in source for said in OUR_OWN)}


def test_tables_with_owners_are_those_of_the_register() -> None:
    owned = {name for name in NAMES if set(tables.bundled_columns(name)) >= OWNED}
    assert owned == {f"{table}.csv" for table in RULE_TABLES}


@pytest.mark.parametrize("table", RULE_TABLES)
def test_a_draft_is_reviewed_again_within_a_year_and_a_verified_rule_within_two(table: str) -> None:
    for row in tables.bundled_rows(f"{table}.csv"):
        held = date.fromisoformat(row["expires"]) - date.fromisoformat(row["reviewed"])
        assert row["owner"]
        assert 0 < held.days <= (366 if row["status"] == "draft" else 731)

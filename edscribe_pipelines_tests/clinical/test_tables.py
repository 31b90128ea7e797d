import re
from importlib import resources

import pytest

from edscribe_pipelines.clinical import tables

NAMES = sorted(file.name for file in resources.files(tables).iterdir() if file.name.endswith(".csv"))


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_source_year_and_status(name: str) -> None:
    rows = tables.read_table(name)
    assert rows
    for row in rows:
        assert row["source"]
        assert row["year"]
        assert row["status"] in ("verified", "draft")


@pytest.mark.parametrize("name", NAMES)
def test_every_pattern_compiles(name: str) -> None:
    columns = {"pattern", "trigger", "trigger_exclude", "evidence", "applies_if"}
    for row in tables.read_table(name):
        for column in columns & row.keys():
            re.compile(row[column])

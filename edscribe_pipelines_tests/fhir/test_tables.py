"""Rows of the rule tables say where they are from, and name what R4 knows."""

from pathlib import Path

import fhirkit
import pytest

from edscribe_pipelines import fhir
from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.tables import read_table

NAMES = sorted(path.name for path in (Path(fhir.__file__).parent / "tables").glob("*.csv"))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_source_and_year_and_comes_once(name):
    rows = read_table(name, TABLES)
    assert rows
    assert all(row["source"] and row["year"].isdigit() for row in rows)
    assert len({tuple(row.items()) for row in rows}) == len(rows)


@pytest.mark.parametrize("name", ["required_codes.csv", "reference_targets.csv"])
def test_resources_of_a_table_are_types_of_r4(name):
    assert {row["resource"] for row in read_table(name, TABLES)} <= set(fhirkit.RESOURCE_TYPES)


def test_targets_of_references_are_types_of_r4():
    targets = {target for row in read_table("reference_targets.csv", TABLES) for target in row["targets"].split()}
    assert targets <= set(fhirkit.RESOURCE_TYPES)


def test_relations_of_invariants_are_those_that_are_understood():
    assert {row["relation"] for row in read_table("invariants.csv", TABLES)} == {"one-of", "excludes"}


def test_strengths_of_codes_are_those_of_r4_or_narrower():
    strengths = {"required", "extensible", "preferred", "example", "narrower"}
    assert {row["strength"] for row in read_table("required_codes.csv", TABLES)} <= strengths

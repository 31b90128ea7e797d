"""Every planted error is found, and no golden encounter is taken for one."""

from collections import Counter

import pytest

from edscribe_pipelines.fhir.validation import validate_resources
from edscribe_pipelines_tests.fhir.planted import AI_ERRORS, CARELESS, PLANTED, golden, golden_names

ALL = [*PLANTED, *CARELESS]


@pytest.mark.parametrize("name", golden_names())
def test_golden_encounter_is_valid(name):
    assert validate_resources(golden(name)) == []


@pytest.mark.parametrize("planted", ALL, ids=lambda planted: planted.what)
def test_planted_error_is_found(planted):
    assert validate_resources(planted.rows())


@pytest.mark.parametrize("planted", ALL, ids=lambda planted: planted.what)
def test_planted_error_is_told_at_few_resources_and_without_what_it_says(planted):
    problems = validate_resources(planted.rows())
    assert len({(problem.resource_type, problem.id) for problem in problems}) <= 3
    assert "Doe" not in repr(problems)
    assert "Chest pain" not in repr(problems)


def test_errors_have_names_of_their_own_and_there_are_as_many_as_promised():
    assert [what for what, count in Counter(planted.what for planted in ALL).items() if count > 1] == []
    assert len(ALL) >= 60
    assert len(AI_ERRORS) >= 12


def test_error_in_what_was_written_before_is_not_needed_to_know_it():
    """Device, card and prompt of a model come with the first of its notes only."""
    drafted = golden("drafted")
    shared = {"Device/ai-device-1", "DocumentReference/model-card-1", "DocumentReference/input-prompt-1"}
    rest = [row for row in drafted if f"{row['resourceType']}/{row['id']}" not in shared]
    assert validate_resources(rest, shared) == []
    assert {problem.rule for problem in validate_resources(rest)} == {"reference-dangling"}

"""Everything that one note tells two ways."""

from __future__ import annotations

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.ages import ages_that_do_not_fit
from edscribe_pipelines.clinical.reasoning.against_itself.care import care_against_values
from edscribe_pipelines.clinical.reasoning.against_itself.compared_sides import compared_sides_told_two_ways
from edscribe_pipelines.clinical.reasoning.against_itself.conditions import (
    conditions_against_values,
    conditions_of_adults_against_values,
)
from edscribe_pipelines.clinical.reasoning.against_itself.counted import items_against_count
from edscribe_pipelines.clinical.reasoning.against_itself.courses_told import (
    courses_told_two_ways,
    gestations_told_two_ways,
)
from edscribe_pipelines.clinical.reasoning.against_itself.denied_words import denied_words_reported
from edscribe_pipelines.clinical.reasoning.against_itself.diagnoses import diagnoses_ruled_out_and_made
from edscribe_pipelines.clinical.reasoning.against_itself.directions import changes_the_other_way
from edscribe_pipelines.clinical.reasoning.against_itself.elapsed import hours_that_did_not_pass
from edscribe_pipelines.clinical.reasoning.against_itself.how_long import symptoms_lasting_otherwise
from edscribe_pipelines.clinical.reasoning.against_itself.intervals import intervals_that_do_not_fit
from edscribe_pipelines.clinical.reasoning.against_itself.judged import comparisons_that_fail, values_against_judgements
from edscribe_pipelines.clinical.reasoning.against_itself.numbers import (
    numbers_told_two_ways,
    values_against_words,
)
from edscribe_pipelines.clinical.reasoning.against_itself.opposites import opposites_in
from edscribe_pipelines.clinical.reasoning.against_itself.products import products_that_do_not_fit
from edscribe_pipelines.clinical.reasoning.against_itself.restated import figures_restated
from edscribe_pipelines.clinical.reasoning.against_itself.score_levels import scores_called_otherwise
from edscribe_pipelines.clinical.reasoning.against_itself.scores import scores_told_two_ways
from edscribe_pipelines.clinical.reasoning.against_itself.sides import sides_told_two_ways
from edscribe_pipelines.clinical.reasoning.against_itself.since_onset import hours_since_onset
from edscribe_pipelines.clinical.reasoning.against_itself.sizes import (
    ages_told_two_ways,
    peak_flows_off_their_best,
    sizes_told_two_ways,
)
from edscribe_pipelines.clinical.reasoning.against_itself.sums import calculations_that_fail
from edscribe_pipelines.clinical.reasoning.against_itself.symptoms import symptoms_told_two_ways
from edscribe_pipelines.clinical.reasoning.against_itself.times import times_against_each_other
from edscribe_pipelines.clinical.reasoning.against_itself.told_again import figures_told_again
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays, findings_of
from edscribe_pipelines.clinical.reasoning.against_itself.totals import totals_of_no_doses
from edscribe_pipelines.clinical.reasoning.against_itself.units import figures_of_two_units
from edscribe_pipelines.clinical.records import Finding

_OF_ALL = (
    opposites_in,
    numbers_told_two_ways,
    symptoms_told_two_ways,
    sides_told_two_ways,
    compared_sides_told_two_ways,
    scores_told_two_ways,
    figures_restated,
    items_against_count,
    hours_that_did_not_pass,
    totals_of_no_doses,
    times_against_each_other,
    intervals_that_do_not_fit,
    comparisons_that_fail,
    sizes_told_two_ways,
    peak_flows_off_their_best,
    ages_told_two_ways,
    products_that_do_not_fit,
    diagnoses_ruled_out_and_made,
    denied_words_reported,
    conditions_against_values,
    figures_told_again,
    courses_told_two_ways,
    gestations_told_two_ways,
    calculations_that_fail,
    figures_of_two_units,
    scores_called_otherwise,
    changes_the_other_way,
    hours_since_onset,
    symptoms_lasting_otherwise,
    ages_that_do_not_fit,
)
_OF_ADULTS = (
    values_against_judgements,
    values_against_words,
    care_against_values,
    conditions_of_adults_against_values,
)
"""Held to limits of adults."""


def check_against_itself(note: ParsedNote, *, adult: bool = True) -> list[Finding]:
    """Return two findings for each thing that is told two ways, one at each place."""
    told: list[TwoWays] = []
    for read in (*_OF_ALL, *_OF_ADULTS) if adult else _OF_ALL:
        for each in read(note):
            if not any(_is_the_same(each, other) for other in told):
                told.append(each)
    return [finding for each in told for finding in findings_of(note, each)]


def _is_the_same(one: TwoWays, other: TwoWays) -> bool:
    """Whether another rule names both places already."""
    return all(
        any(here[0] < there[1] and there[0] < here[1] for there in (other.one, other.other))
        for here in (one.one, one.other)
    )

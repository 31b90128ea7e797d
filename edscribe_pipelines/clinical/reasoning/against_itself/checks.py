"""Everything that one note tells two ways."""

from __future__ import annotations

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.care import care_against_values
from edscribe_pipelines.clinical.reasoning.against_itself.numbers import numbers_told_two_ways
from edscribe_pipelines.clinical.reasoning.against_itself.opposites import opposites_in
from edscribe_pipelines.clinical.reasoning.against_itself.scores import scores_told_two_ways
from edscribe_pipelines.clinical.reasoning.against_itself.sides import sides_told_two_ways
from edscribe_pipelines.clinical.reasoning.against_itself.symptoms import symptoms_told_two_ways
from edscribe_pipelines.clinical.reasoning.against_itself.times import times_against_each_other
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import findings_of
from edscribe_pipelines.clinical.records import Finding

_READERS = (
    opposites_in,
    numbers_told_two_ways,
    symptoms_told_two_ways,
    sides_told_two_ways,
    scores_told_two_ways,
    times_against_each_other,
    care_against_values,
)


def check_against_itself(note: ParsedNote) -> list[Finding]:
    """Return two findings for each thing that is told two ways, one at each place."""
    return [finding for read in _READERS for told in read(note) for finding in findings_of(note, told)]

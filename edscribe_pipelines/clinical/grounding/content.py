"""Everything that a text says and that can be held against another text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.claims import apart_from, claims_in
from edscribe_pipelines.clinical.grounding.dispositions import dispositions_in
from edscribe_pipelines.clinical.grounding.figures import Figure, figures
from edscribe_pipelines.clinical.grounding.measures import measures_in, not_within
from edscribe_pipelines.clinical.grounding.medicines import medicines_in
from edscribe_pipelines.clinical.grounding.sides import sides_in
from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.grounding.symptoms import symptoms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote


class Content(NamedTuple):
    """`said` is in the order of the note; `figures` are all that it has, `numbers` those that state nothing of
    `said`."""

    said: tuple[Said, ...]
    figures: tuple[Figure, ...]
    numbers: tuple[Figure, ...]


def content_of(note: ParsedNote) -> Content:
    written = tuple(figures(note.text))
    medicines = medicines_in(note, written)
    measured = [*measures_in(note, written), *medicines.doses]
    claims = claims_in(note)
    named = list(apart_from(claims.nothing_recorded, (*medicines.allergies, *symptoms_in(note))))
    said = [*measured, *named, *medicines.drugs, *sides_in(note), *dispositions_in(note)]
    said += _not_about(named, claims.said)
    said.sort(key=attrgetter("start", "end"))
    return Content(tuple(said), written, tuple(not_within([*measured, *medicines.drugs], written)))


def _not_about(named: Sequence[Said], claims: Sequence[Said]) -> Iterator[Said]:
    """Yield the claims that are not about something named: "denies fever" is told by the fever."""
    places = [(each.start, each.end) for each in named]
    return (claim for claim in claims if not any(start < claim.end and claim.start < end for start, end in places))

"""The known identifiers of one encounter, ready to be found in its texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.finding.known.building import forms_of
from edscribe_pipelines.deidentify.finding.known.dates import date_at
from edscribe_pipelines.deidentify.finding.known.forms import Forms
from edscribe_pipelines.deidentify.finding.known.monograms import find_monograms
from edscribe_pipelines.deidentify.finding.known.name_runs import NameRuns
from edscribe_pipelines.deidentify.finding.known.reading import Reading
from edscribe_pipelines.deidentify.finding.known.typos import Typos
from edscribe_pipelines.deidentify.finding.known.verbatim import find_verbatim
from edscribe_pipelines.deidentify.finding.known.written import RULE, find_written
from edscribe_pipelines.deidentify.finding.spans import Span


class KnownIdentifiers:
    """Finds the values of `identifiers` in the ways a note may write them."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        self._forms = Forms()
        for identifier in identifiers:
            self._forms.update(forms_of(identifier["kind"], identifier["value"]))
        self._names = NameRuns(self._forms.parts, self._forms.initials)
        self._typos = Typos(self._forms.typo_prone)

    def finds(self, text: str) -> Iterator[Span]:
        """Yield every mention. Finds may overlap; none lies within another."""
        end = -1
        for find in sorted(self._all_finds(text), key=lambda find: (find.start, -find.end)):
            if find.end > end:
                end = find.end
                yield find

    def _all_finds(self, text: str) -> Iterator[Span]:
        reading, forms = Reading(text), self._forms
        yield from find_written(reading, forms)
        yield from self._dates(reading)
        yield from self._people(reading)
        yield from find_verbatim(text, forms.verbatim)

    def _dates(self, reading: Reading) -> Iterator[Span]:
        heads = self._forms.date_heads
        for index in [index for index, word in enumerate(reading.folded) if word in heads] if heads else ():
            if place := date_at(reading, index, self._forms.dates):
                yield Span(*place, "DATE", RULE)

    def _people(self, reading: Reading) -> Iterator[Span]:
        for first, last in self._names.runs(reading) if self._forms.parts else ():
            yield Span(reading.starts[first], reading.ends[last], "NAME", RULE)
        for index in self._typos.finds(reading) if self._forms.typo_prone else ():
            yield Span(reading.starts[index], reading.ends[index], "NAME", RULE)
        for first, last in find_monograms(reading, self._forms.monograms) if self._forms.monograms else ():
            yield Span(reading.starts[first], reading.ends[last], "NAME", RULE)

"""Which resources of an export go: what the target does not have in this form, may have, and was not recalled.

Shared resources go first. What refers to something withdrawn is withheld with it. A stay that refers to something that
is not on the target and does not come with it is held back whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from edscribe_pipelines.fhir.delivery.bundles import Entry
from edscribe_pipelines.fhir.delivery.content import content_hash, references_in
from edscribe_pipelines.fhir.delivery.export_folder import ExportFolder, Stay
from edscribe_pipelines.fhir.delivery.ledger import Ledger
from edscribe_pipelines.fhir.delivery.replies import outcome_saying

if TYPE_CHECKING:
    from edscribe_pipelines.fhir.elements import Resource

_OF_A_NOTE = ("Composition", "DocumentReference", "Provenance", "AllergyIntolerance")
"""The types of a stay's resources that hold, or speak for, the text that a Device has made."""


@dataclass(frozen=True)
class Survey:
    """One reading of the list of stays: `bound` are patients of whom nothing may go, `shared` the references that the
    other stays share, with the data use of their rows and the patient that they are about."""

    bound: frozenset[str]
    shared: dict[str, tuple[str, str | None]]


@dataclass
class Plan:
    """What goes and, counted, what does not: `left_out` and `held_back` are stays, the others resources."""

    export: ExportFolder
    ledger: Ledger
    month: str
    survey: Survey
    only: Collection[str] | None = None
    """The stays to look at; None: all."""

    counts: Counter[str] = field(default_factory=Counter)
    coming: Collection[str] = ()
    """References that will be on the target before any stay is: those that are there already need not be named."""

    held_back: Callable[[list[Entry], Resource], None] = lambda entries, outcome: None
    """Takes the entries of a stay that is held back, and why."""

    def all(self) -> Iterator[list[Entry]]:
        """Yield all that goes, what is shared first."""
        yield from self.shared_waves()
        yield from self.stays()

    def shared_waves(self) -> Iterator[list[Entry]]:
        """Yield what several stays share and the target needs, each wave after those that it refers to."""
        waiting = {entry.reference: entry for entry in map(self._shared, self.survey.shared) if entry}
        while waiting:
            needs = {name: set(_references(entry)) & (waiting.keys() - {name}) for name, entry in waiting.items()}
            wave = [waiting[name] for name, needed in needs.items() if not needed] or list(waiting.values())
            yield wave
            for entry in wave:
                del waiting[entry.reference]

    def _shared(self, reference: str) -> Entry | None:
        data_use, patient = self.survey.shared[reference]
        return self._changed(Entry(reference, self.export.read(reference), "", self.month, data_use, None, patient))

    def stays(self) -> Iterator[list[Entry]]:
        """Yield the resources of each stay that go."""
        for stay in self.export.stays():
            if self.only is not None and stay.stay not in self.only:
                continue
            if stay.patient in self.survey.bound:
                self.counts["left_out"] += 1
            elif entries := self._of_stay(stay):
                yield entries

    def _of_stay(self, stay: Stay) -> list[Entry]:
        entries = [entry for entry in map(self._changed, _entries(stay, self.export, self.month)) if entry]
        references = {entry.reference: set(_references(entry)) - {entry.reference} for entry in entries}
        going = set(references)
        withheld, missing = self._outside(set().union(*references.values()) - going)
        while found := {name for name in going if references[name] & withheld}:
            going -= found
            withheld |= found
        self.counts["withheld"] += len(entries) - len(going)
        kept = [entry for entry in entries if entry.reference in going]
        if any(references[name] & missing for name in going):
            self.counts["held_back"] += 1
            self.held_back(kept, outcome_saying("refers to a resource that is not on the target"))
            return []
        return kept

    def _outside(self, references: Iterable[str]) -> tuple[set[str], set[str]]:
        """Return which of `references` were withdrawn, and which are not on the target."""
        withheld, missing = set[str](), set[str]()
        for reference in references:
            row = self.ledger.find(reference)
            if row is not None and row.is_withdrawn:
                withheld.add(reference)
            elif reference not in self.coming and (row is None or not row.is_on_target):
                missing.add(reference)
        return withheld, missing

    def _changed(self, entry: Entry) -> Entry | None:
        """Return the entry with its hash, None where the target has it or must not get it."""
        assert entry.body is not None
        row = self.ledger.find(entry.reference)
        if row is not None and not row.yields_to_export(self.month):
            self.counts["withheld" if row.is_withdrawn else "kept"] += 1
            return None
        sha256 = content_hash(orjson.loads(entry.body))
        if row is not None and row.state == "sent" and row.sha256 == sha256:
            self.counts["unchanged"] += 1
            return None
        return Entry(**(entry.__dict__ | {"sha256": sha256}))


def survey(export: ExportFolder, ledger: Ledger, may_go: Callable[[str], bool]) -> Survey:
    """Read the list of stays once and write down in the ledger what stays share.

    A patient one of whose stays may not go is bound: a bundle never mixes what may go with what may not.
    """
    allowed: dict[str, bool] = {}
    bound = set[str]()
    for stay in export.stays():
        if not allowed.setdefault(stay.data_use, may_go(stay.data_use)):
            bound.add(stay.patient)
    shared: dict[str, tuple[str, str | None]] = {}
    nothing_needed = ledger.recalled_stays()
    with ledger.in_one_commit():
        for stay in export.stays():
            if stay.patient not in bound and stay.stay not in nothing_needed:
                ledger.share(stay.stay, stay.shared, stay.made_by)
                for reference in stay.shared:
                    patient = stay.patient if reference == f"Patient/{stay.patient}" else None
                    shared.setdefault(reference, (stay.data_use, patient))
    return Survey(frozenset(bound), shared)


def _entries(stay: Stay, export: ExportFolder, month: str) -> Iterator[Entry]:
    for reference in stay.resources:
        made_by = stay.made_by if reference.partition("/")[0] in _OF_A_NOTE else None
        yield Entry(reference, export.read(reference), "", month, stay.data_use, stay.stay, stay.patient, made_by)


def _references(entry: Entry) -> Iterator[str]:
    return references_in(orjson.loads(entry.body or b"null"))

"""What stands in the place of the spans of a note: which method, in which words.

Safe Harbor (45 CFR 164.514(b)(2)) is the default. A shift of dates is not Safe Harbor: see `Method.label`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol

from edscribe_pipelines.deidentify.finding.spans import Span, tag
from edscribe_pipelines.deidentify.finding.words import words_of
from edscribe_pipelines.deidentify.replacing.date_shift import DateShift
from edscribe_pipelines.deidentify.replacing.pseudonyms import pseudonymize
from edscribe_pipelines.deidentify.replacing.restoration import Pseudonymized
from edscribe_pipelines.deidentify.replacing.safe_harbor import SafeHarbor, Years
from edscribe_pipelines.deidentify.replacing.surrogates import Surrogates
from edscribe_pipelines.errors import BadInput

_TOLD_IN_PART = ("DATE", "AGE")
"""What is written as Safe Harbor lets it out, among surrogates too."""


class Method(StrEnum):
    SAFE_HARBOR = "safe_harbor"
    DATE_SHIFT = "date_shift"

    @property
    def label(self) -> str:
        """Return under which rule the result is de-identified, as reports print it."""
        if self is Method.SAFE_HARBOR:
            return "HIPAA Safe Harbor, 45 CFR 164.514(b)(2)"
        return (
            "HIPAA Expert Determination, 45 CFR 164.514(b)(1): dates are shifted per patient, "
            "so this is de-identified only once an expert has determined that the risk is very small"
        )


class Wording(StrEnum):
    TAGS = "tags"
    SURROGATES = "surrogates"


class Writer(Protocol):
    """Writes what stands for a value: an invented one if it `invents`, or else a tag or what may be told."""

    invents: ClassVar[bool]

    def write(self, value: str, span_type: str) -> str: ...


class Replaced(NamedTuple):
    """A text after its spans were replaced; `stand_ins` are the invented values that were written into it."""

    text: str
    stand_ins: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Replacement:
    """Replaces spans. `key` is a secret that no corpus holds; surrogates and shifted dates need it.

    A note without a `patient_key` stands for a patient of its own.
    """

    method: Method = Method.SAFE_HARBOR
    wording: Wording = Wording.TAGS
    key: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if self.method is Method.DATE_SHIFT or self.wording is Wording.SURROGATES:
            self._require_key()

    def apply(self, text: str, spans: Sequence[Span], patient_key: str = "", year: int | None = None) -> str:
        """Return `text` with its sorted `spans` replaced; `year` is that of the arrival, where it is known."""
        return self.replace(text, spans, patient_key, year).text

    def replace(
        self,
        text: str,
        spans: Sequence[Span],
        patient_key: str = "",
        year: int | None = None,
        avoid: Collection[str] = (),
    ) -> Replaced:
        """Do as `apply` does and say which values were invented; no surrogate is one of `avoid` or a word of them."""
        if not spans:
            return Replaced(text)
        writers = self.writers(text, spans, patient_key, year, avoid)
        pieces, stand_ins, done = [], set(), 0
        for span in spans:
            writer = writers[span.type]
            written = writer.write(text[span.start : span.end], span.type)
            if writer.invents and written != tag(span.type):
                stand_ins.add(written)
            pieces += [text[done : span.start], written]
            done = span.end
        return Replaced("".join(pieces) + text[done:], frozenset(stand_ins))

    def pseudonymize(
        self, text: str, spans: Sequence[Span], patient_key: str = "", year: int | None = None
    ) -> Pseudonymized:
        """Return `text` with a fake for every span that can be restored, dates moved, whatever the method."""
        self._require_key()
        years = Years.of_note(_values(text, spans), year)
        return pseudonymize(text, spans, self.key, patient_key or text, year or years.reference)

    def writers(
        self,
        text: str,
        spans: Sequence[Span],
        patient_key: str,
        year: int | None,
        avoid: Collection[str] = (),
    ) -> Mapping[str, Writer]:
        """Return what writes each type of the spans of this note."""
        values = _values(text, spans)
        years = Years.of_note(values, year)
        patient = patient_key or text
        writer: Writer = SafeHarbor(years)
        if self.wording is Wording.SURROGATES:
            words = [word.text for each in avoid for word in words_of(each)]
            writer = Surrogates(self.key, patient, values, [*avoid, *words])
        writers = dict.fromkeys((span.type for span in spans), writer)
        writers |= dict.fromkeys(_TOLD_IN_PART, SafeHarbor(years, is_plain=self.wording is Wording.SURROGATES))
        if self.method is Method.DATE_SHIFT:
            writers["DATE"] = DateShift(self.key, patient, year or years.reference)
        return writers

    def _require_key(self) -> None:
        if not self.key:
            raise BadInput(
                "replacement",
                "surrogates and shifted dates follow from a secret key, and there is none",
                field="key",
                remedy="Give the vault's key, 32 random bytes.",
            )


def _values(text: str, spans: Sequence[Span]) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.type) for span in spans]

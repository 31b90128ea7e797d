"""Whether a note states only what its source holds.

Every number, vital sign, drug and code of the note must stand in the facts, and so must every denial, normal
finding and piece of reasoning, word for word: what a source of structured facts never holds, a language model
likes to add. Wording is rows of `tables/claims.csv`. That a statement is supported here does not make it true:
a number may stand in the facts as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.figures import Figure, figures, numbers_in
from edscribe_pipelines.clinical.medications.words import drugs_in
from edscribe_pipelines.clinical.reading.note import section_spans
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.clinical.tables import read_table, table_cache
from edscribe_pipelines.clinical.vitals.mentions import VitalMention, vital_mentions

_CITATION = "The project's rule: a note states only what its source holds"
_MESSAGES = {
    "number_unsupported": "The facts do not hold this number.",
    "code_unsupported": "The facts do not hold this code.",
    "vital_unsupported": "The facts do not hold this value of this vital sign.",
    "acuity_unsupported": "The facts do not hold this triage acuity.",
    "drug_unsupported": "The facts do not hold this drug.",
    "administration_unsupported": "The facts do not say that anything was given.",
    "negation_unsupported": "The facts do not deny this.",
    "finding_unsupported": "The facts do not hold this finding.",
    "reasoning_unsupported": "The facts do not hold this reasoning.",
}
_NO_CLAIM = "no_claim"
_ACUITY = re.compile(
    r"\b(?:ESI|triage acuity)\b(?:[ ](?:ESI|level|of|is|was))*[ :]*(?P<level>[1-5])\b(?![ ]?(?:[./-]|to)[ ]?\d)", re.I
)
_WORD = re.compile(r"[^\W_]+")


class _Held(NamedTuple):
    """What the facts hold, each kind in the spelling in which it is compared."""

    figures: frozenset[tuple[str, str]]
    numbers: frozenset[str]
    measures: frozenset[tuple[str, float]]
    acuities: frozenset[str]
    drugs: frozenset[str]
    words: str


class _Unsupported(NamedTuple):
    rule: str
    start: int
    end: int


def check_grounding(note: str, facts_text: str) -> list[Finding]:
    """Return a critical finding for each statement of the note that the facts do not support, in its order."""
    held = _held(facts_text)
    mentions = vital_mentions(note)
    unsupported = {
        *_figures(note, held, mentions),
        *_vitals(held, mentions),
        *_acuities(note, held),
        *_drugs(note, held),
        *_claims(note, held),
    }
    return [_finding(note, each) for each in sorted(unsupported, key=attrgetter("start", "end", "rule"))]


def _held(facts_text: str) -> _Held:
    stated = list(figures(facts_text))
    return _Held(
        figures=frozenset((figure.kind, figure.value) for figure in stated),
        numbers=frozenset(number for figure in stated for number in numbers_in(figure, facts_text)),
        measures=frozenset((mention.field, mention.value) for mention in vital_mentions(facts_text)),
        acuities=frozenset(stated["level"] for stated in _ACUITY.finditer(facts_text)),
        drugs=frozenset(drug for drug, _, _ in drugs_in(facts_text)),
        words=f" {_words(facts_text)} ",
    )


def _finding(note: str, unsupported: _Unsupported) -> Finding:
    rule, start, end = unsupported
    return Finding(
        rule=f"grounding.{rule}",
        severity="critical",
        section=next((span.section for span in section_spans(note) if span.start <= start < span.end), None),
        start=start,
        end=end,
        message=_MESSAGES[rule],
        citation=_CITATION,
    )


def _figures(note: str, held: _Held, mentions: list[VitalMention]) -> Iterator[_Unsupported]:
    """A vital sign in another unit than the facts give it in (36.9 C) states their value."""
    converted = [mention for mention in mentions if (mention.field, mention.value) in held.measures]
    for figure in figures(note):
        if (figure.kind, figure.value) in held.figures or _is_of(figure, converted):
            continue
        if figure.kind == "code":
            yield _Unsupported("code_unsupported", figure.start, figure.end)
        elif figure.kind in ("pair", "time") or not held.numbers.issuperset(numbers_in(figure, note)):
            yield _Unsupported("number_unsupported", figure.start, figure.end)


def _is_of(figure: Figure, mentions: list[VitalMention]) -> bool:
    return figure.kind == "number" and any(said.start <= figure.start and figure.end <= said.end for said in mentions)


def _vitals(held: _Held, mentions: list[VitalMention]) -> Iterator[_Unsupported]:
    for mention in mentions:
        if (mention.field, mention.value) not in held.measures:
            yield _Unsupported("vital_unsupported", mention.start, mention.end)


def _acuities(note: str, held: _Held) -> Iterator[_Unsupported]:
    for stated in _ACUITY.finditer(note):
        if stated["level"] not in held.acuities:
            yield _Unsupported("acuity_unsupported", *stated.span())


def _drugs(note: str, held: _Held) -> Iterator[_Unsupported]:
    for drug, start, end in drugs_in(note):
        if drug not in held.drugs:
            yield _Unsupported("drug_unsupported", start, end)


def _claims(note: str, held: _Held) -> Iterator[_Unsupported]:
    patterns = _claim_patterns()
    no_claims = [match.span() for pattern in patterns[_NO_CLAIM] for match in pattern.finditer(note)]
    for kind in patterns.keys() - {_NO_CLAIM}:
        for match in (match for pattern in patterns[kind] for match in pattern.finditer(note)):
            is_claim = not any(start <= match.start() < end for start, end in no_claims)
            if is_claim and f" {_words(match[0])} " not in held.words:
                yield _Unsupported(f"{kind}_unsupported", *match.span())


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


@table_cache
def _claim_patterns() -> dict[str, list[re.Pattern[str]]]:
    patterns: dict[str, list[re.Pattern[str]]] = {}
    for row in read_table("claims.csv"):
        following = r"(?:[ ,]+[\w/-]+)?" if row["counts_with"] else ""
        patterns.setdefault(row["kind"], []).append(re.compile(row["pattern"] + following, re.I))
    return patterns

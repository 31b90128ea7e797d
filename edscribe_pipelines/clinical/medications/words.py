"""Drugs in any text: names of `tables/drug_names.csv`, and words that end as drugs do (`tables/drug_stems.csv`)."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.medications.names import DrugMention, drugs_of


def drugs_in(text: str) -> Iterator[DrugMention]:
    """Yield (drug, start, end) for each drug that the tables know, by the name under which they have it."""
    for mention, _ in drugs_of(text):
        yield mention

"""A drug that was given although a value of the note speaks against it: a matter of care, which warns and says so.

Rows of `tables/care_against_values.csv`. The value may have been corrected before; the physician knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.medications.names import drug_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.measures import Measured, measured_in
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays, is_explained
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.tables import read_table, table_cache

_GIVEN_IN = {None, "ED Course & Procedures", "Medical Decision Making"}


def care_against_values(note: ParsedNote) -> Iterator[TwoWays]:
    drugs = {mention.drug for mention in note.of(drug_mentions)}
    for row in _rows():
        if not drugs.isdisjoint(row["drugs"].split(";")):
            given = _given(note, row["drugs"].split(";"))
            measured = [each for each in measured_in(note, row["measure"]) if each.values]
            value = measured[0] if measured and all(_is_beyond(each, row) for each in measured) else None
            if given and value:
                reason = f"A matter of care, not of truth: consider {row['asks']}."
                yield TwoWays("care", "warning", (value.start, value.end), given, reason, cited(row))


def _given(note: ParsedNote, drugs: list[str]) -> Place | None:
    """Return the first place where one of the drugs is plainly told as given."""
    return next(
        (
            (mention.start, mention.end)
            for mention in note.of(drug_mentions)
            if mention.drug in drugs
            and note.section_at(mention.start) in _GIVEN_IN
            and not note.context(mention.start, mention.end)
            and not is_explained(note, (mention.start, mention.end), plainly=True)
        ),
        None,
    )


def _is_beyond(told: Measured, row: dict[str, str]) -> bool:
    limit = float(row["limit"])
    low = row["bound_by"] == "low"
    return bool(told.values) and all(value < limit if low else value > limit for value in told.values)


@table_cache
def _rows() -> list[dict[str, str]]:
    return read_table("care_against_values.csv")

"""The patient's initials as a note writes them for the patient: "J.S.", "Pt JS", "JS denies"."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.deidentify.finding.known.reading import Reading
from edscribe_pipelines.deidentify.finding.known.word_lists import known_words
from edscribe_pipelines.deidentify.tables import word_list


def find_monograms(reading: Reading, monograms: set[str]) -> Iterator[tuple[int, int]]:
    """Yield the first and last word of each mention."""
    first_letters = {monogram[0] for monogram in monograms}
    for index in reading.capitalised:
        word = reading.folded[index]
        if word in monograms and reading.is_upper(index) and _is_person(reading, index, index):
            yield index, index
        elif word in first_letters and (last := _dotted(reading, index, monograms)) is not None:
            yield index, last


def _dotted(reading: Reading, index: int, monograms: set[str]) -> int | None:
    if index and reading.gap_after(index - 1) == ".":
        return None
    letters, last = reading.folded[index], index
    while len(reading.folded[last]) == 1 and reading.gap_after(last) in (".", ". "):
        last += 1
        letters += reading.folded[last]
        if letters in monograms and reading.is_capitalised(last) and _is_dotted_end(reading, last):
            return (
                last if letters not in known_words("dotted_abbreviation") or _is_person(reading, index, last) else None
            )
    return None


def _is_dotted_end(reading: Reading, last: int) -> bool:
    gap = reading.gap_after(last)
    following = reading.text[reading.ends[last] : reading.ends[last] + 1]
    return following == "." and (gap != "." or len(reading.folded[last + 1]) > 1)


def _is_person(reading: Reading, first: int, last: int) -> bool:
    return reading.before(first) in known_words("before_initials") or reading.after(last) in word_list("verb_of_person")

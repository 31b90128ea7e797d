"""Names in a note: runs of known parts and initials, in any order.

"Smith, Robert J.", "R. Smith" and "Bob Smith" are such runs. One part alone must be strong enough, and a bare
one gives way to a clinical phrase (Foley catheter) unless a title stands before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.deidentify.finding.known.forms import Strength
from edscribe_pipelines.deidentify.finding.known.reading import Reading
from edscribe_pipelines.deidentify.finding.known.word_lists import known_words

_GAPS = frozenset((" ", "  ", ", ", ",", "-", "'", "’", "^", "_", "\u00a0", "‐", "‑", "–", "-\n", "\n", " - "))
_BEFORE_NAME = frozenset((". ", ".", " ", "'", "’"))
_AFTER_INITIAL = frozenset((".", ". "))


class NameRuns:
    """Finds the runs of these parts and initials."""

    def __init__(self, parts: dict[str, Strength], initials: set[str]) -> None:
        self._parts = parts
        self._initials = initials

    def runs(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """Yield the first and the last word of every name."""
        parts, done = self._parts, -1
        for index in [index for index, word in enumerate(reading.folded) if word in parts]:
            if index > done:
                last = self._last(reading, index)
                first, last = self._without_weak_ends(reading, index, last)
                if first <= last and self._is_name(reading, first, last):
                    yield self._with_initials_before(reading, first), last
                    done = last

    def _last(self, reading: Reading, index: int) -> int:
        while self._goes_on(reading, index):
            index += 1
        return index

    def _goes_on(self, reading: Reading, index: int) -> bool:
        gap = reading.gap_after(index)
        if gap is None or not (gap in _GAPS or (gap in _AFTER_INITIAL and len(reading.folded[index]) == 1)):
            return False
        following = self._parts.get(reading.folded[index + 1])
        if following is None:
            return self._is_initial(reading, index + 1)
        return following is Strength.FULL or "\n" not in gap

    def _is_initial(self, reading: Reading, index: int) -> bool:
        """Whether a capital letter stands here for one of the names, not as a word or a sign (A fib, T4)."""
        if reading.folded[index] not in self._initials or not reading.is_capitalised(index):
            return False
        gap = reading.gap_after(index)
        if gap is None or gap[:1] in ("", "-"):
            return gap is None
        if gap[0] != " ":
            return True
        is_after_surname_first = index > 1 and (reading.gap_after(index - 2) or "").startswith(",")
        return is_after_surname_first or reading.folded[index + 1] in self._parts or reading.gap_after(index - 1) != " "

    def _without_weak_ends(self, reading: Reading, first: int, last: int) -> tuple[int, int]:
        """Drop words at both ends that are not written as part of the name: "will Smith", "Smith may"."""
        small = all(not reading.is_capitalised(i) for i in range(first, last + 1))
        while first <= last and self._is_weak(reading, first, small and first < last):
            if first < last and self._opens_surname(reading, first):
                break
            first += 1
        while last > first and self._is_weak(reading, last, small):
            last -= 1
        return first, last

    def _opens_surname(self, reading: Reading, index: int) -> bool:
        """Whether a particle in small letters stands here before a name with a capital: de la Cruz."""
        while reading.folded[index] in known_words("particle") and reading.gap_after(index) == " ":
            index += 1
        return reading.is_capitalised(index) and self._parts.get(reading.folded[index], 0) > Strength.FUNCTION

    def _is_weak(self, reading: Reading, index: int, all_small: bool) -> bool:
        strength = self._parts.get(reading.folded[index])
        if strength is None or strength is Strength.FULL:
            return False
        if strength is Strength.FUNCTION:
            return not reading.is_capitalised(index)
        is_marked = reading.is_titled(index) or reading.is_credentialed(index)
        return not (reading.is_capitalised(index) or all_small or is_marked)

    def _is_name(self, reading: Reading, first: int, last: int) -> bool:
        strengths = [self._parts.get(word) for word in reading.folded[first : last + 1]]
        named = [strength for strength in strengths if strength is not None]
        if not named:
            return False
        if len(named) > 1 and max(named) > Strength.FUNCTION:
            return max(named) is Strength.FULL or self._all_capitalised(reading, first, last)
        if len(named) > 1:
            return self._all_capitalised(reading, first, last) and not reading.is_upper(first)
        if len(strengths) > 1 or self._initial_before(reading, first):
            return named[0] is not Strength.FUNCTION
        return self._counts_alone(reading, first, named[0])

    def _all_capitalised(self, reading: Reading, first: int, last: int) -> bool:
        return all(reading.is_capitalised(i) for i in range(first, last + 1) if self._parts.get(reading.folded[i]))

    def _counts_alone(self, reading: Reading, index: int, strength: Strength) -> bool:
        if strength is Strength.FUNCTION:
            return reading.is_titlecase(index) and reading.is_announced(index)
        if strength is Strength.ORDINARY and not reading.names_somebody(index):
            return False
        if strength is Strength.SOFT and not reading.is_capitalised(index):
            return False
        return reading.is_titled(index) or not reading.is_clinical(index, index)

    def _initial_before(self, reading: Reading, index: int) -> bool:
        """Whether "R. " or "R " stands before, as an initial and not as the end of a sentence."""
        if not index or len(reading.folded[index - 1]) != 1 or not reading.is_capitalised(index - 1):
            return False
        if reading.folded[index - 1] not in self._initials:
            return False
        if not (reading.is_capitalised(index) or reading.folded[index] in known_words("particle")):
            return False
        return reading.gap_after(index - 1) in _BEFORE_NAME and self._stands_free(reading, index - 1)

    def _stands_free(self, reading: Reading, index: int) -> bool:
        start = reading.starts[index]
        return not start or not reading.text[start - 1].isalnum()

    def _with_initials_before(self, reading: Reading, first: int) -> int:
        while self._initial_before(reading, first):
            first -= 1
        return first

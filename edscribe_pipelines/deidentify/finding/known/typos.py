"""Names with one slip of the keyboard: a letter more, less or other, or two in the wrong order.

Such a word counts only with a capital. A word of the English vocabulary, a brand drug or an eponym is no slip,
and after a title or beside another part of the name, only the words of our own lists are none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from edscribe_pipelines.deidentify.finding.known.reading import Reading
from edscribe_pipelines.deidentify.finding.known.vocabulary import is_english, is_listed

_SHORTEST_FOUND = 4


class Typos:
    """Finds misspelt `names`, which are folded and of five letters and more."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._by_start: dict[str, list[str]] = defaultdict(list)
        self._by_end: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            self._by_start[name[:2]].append(name)
            self._by_end[name[-2:]].append(name)

    def finds(self, reading: Reading) -> Iterator[int]:
        """Yield the misspelt words. One slip in five letters leaves the first two or the last two as they are."""
        starts, ends = self._by_start, self._by_end
        for index in reading.capitalised:
            word = reading.folded[index]
            if word[:2] in starts or word[-2:] in ends:
                near = (*starts.get(word[:2], ()), *ends.get(word[-2:], ()))
                if word not in self._names and self._is_slip(word, near) and self._is_meant(reading, index):
                    yield index

    def _is_slip(self, word: str, names: Iterable[str]) -> bool:
        return len(word) >= _SHORTEST_FOUND and any(is_one_edit(word, name) for name in names)

    def _is_meant(self, reading: Reading, index: int) -> bool:
        word = reading.folded[index]
        if is_listed(word):
            return False
        if reading.is_titled(index) or self._is_beside_name(reading, index):
            return True
        return reading.is_titlecase(index) and not is_english(word) and not reading.is_clinical(index, index)

    def _is_beside_name(self, reading: Reading, index: int) -> bool:
        before = reading.gap_after(index - 1) if index else None
        left = before in ("'", "’") or (before in (" ", ", ") and reading.folded[index - 1] in self._names)
        return left or (reading.gap_after(index) in (" ", ", ") and reading.folded[index + 1] in self._names)


def is_one_edit(left: str, right: str) -> bool:
    """Whether two words differ by one inserted, lost or changed letter or by two neighbours swapped."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    shortest, start = min(len(left), len(right)), 0
    while start < shortest and left[start] == right[start]:
        start += 1
    end = 0
    while end < shortest - start and left[-1 - end] == right[-1 - end]:
        end += 1
    one, other = left[start : len(left) - end], right[start : len(right) - end]
    return max(len(one), len(other)) == 1 or (len(one) == 2 and one == other[::-1])

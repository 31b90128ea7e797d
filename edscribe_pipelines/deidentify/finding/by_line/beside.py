"""Names beside names: a given name with its surname, "LAKE, Frank", a surname behind a middle initial."""

from __future__ import annotations

import re
from collections.abc import Sequence

from edscribe_pipelines.deidentify.finding.by_line.traits import Trait
from edscribe_pipelines.deidentify.finding.gazetteer import is_ordinary
from edscribe_pipelines.deidentify.finding.protected import ProtectedPhrases
from edscribe_pipelines.deidentify.finding.words import Word
from edscribe_pipelines.deidentify.tables import word_list

_JOINT = re.compile(r" |, ?|-|['’]| & | [A-Z]\.? ")
_COMMA = re.compile(r", ?")


def stands_beside_name(
    line: str, words: Sequence[Word], traits: Sequence[int], index: int, protected: ProtectedPhrases
) -> bool:
    for other in _neighbours(words, index):
        left, right = min(index, other), max(index, other)
        if 0 <= other < len(words) and _are_joined(line, words[left], words[right]):
            is_name = traits[other] & Trait.NAME and _is_written_alike(words[index], words[other], traits[index])
            if is_name and not protected.reach_into(words[other].start, words[other].end):
                return True
            if right - left == 1 and _is_pair(traits[left], traits[right], words[left]):
                return True
    return False


def _neighbours(words: Sequence[Word], index: int) -> tuple[int, int]:
    """Return the words before and behind, beyond a middle initial."""
    before, after = index - 1, index + 1
    if before > 0 and len(words[before].text) == 1 and words[before].text.isupper():
        before -= 1
    if after + 1 < len(words) and len(words[after].text) == 1 and words[after].text.isupper():
        after += 1
    return before, after


def _is_written_alike(word: Word, name: Word, trait: int) -> bool:
    """Whether `word` has a capital like the name beside it, or may be a name that was typed without one like it."""
    if name.is_capitalised:
        return word.is_capitalised and (name.text.isupper() or not word.text.isupper())
    return bool(trait & (Trait.SURNAME | Trait.UNKNOWN)) and word.text.islower()


def _are_joined(line: str, left: Word, right: Word) -> bool:
    return _JOINT.fullmatch(line, left.end, right.start) is not None


def _is_pair(left: int, right: int, first: Word) -> bool:
    """Whether two words read as given name and surname: Grace Small, penny fisher, kofi chukwu."""
    if left & Trait.UNKNOWN and first.text.islower():
        return bool(right & (Trait.UNKNOWN | Trait.BEARABLE))
    if first.text.islower():
        return first.text.title() in word_list("given_in_small_letters") and bool(right & Trait.BEARABLE)
    both = bool(left & right & Trait.POSSIBLE)
    return both and bool(left & Trait.GIVEN and right & Trait.SURNAME) and not is_ordinary(first.text)


def is_last_first(line: str, words: Sequence[Word], traits: Sequence[int], index: int) -> bool:
    """Whether two words read as on lists and forms: LAKE, Frank."""
    word = words[index].text
    if word.isupper() and index + 1 < len(words) and _COMMA.fullmatch(line, words[index].end, words[index + 1].start):
        return _may_be_last(word, traits[index]) and _may_be_given(words[index + 1], traits[index + 1])
    if index and word.istitle() and _COMMA.fullmatch(line, words[index - 1].end, words[index].start):
        last = words[index - 1].text
        is_last = last.isupper() and _may_be_last(last, traits[index - 1])
        return is_last and _may_be_given(words[index], traits[index])
    return False


def _may_be_last(word: str, trait: int) -> bool:
    return bool(trait & (Trait.SURNAME | Trait.UNKNOWN)) and word not in word_list("not_name")


def _may_be_given(word: Word, trait: int) -> bool:
    return word.text.istitle() and len(word.text) > 2 and bool(trait & (Trait.GIVEN | Trait.NAME))


def is_behind_given(
    line: str, words: Sequence[Word], traits: Sequence[int], index: int, protected: ProtectedPhrases
) -> bool:
    """Whether a given name that is nothing else stands before a surname that is also a clinical phrase: Jacob Weber."""
    if not index or not traits[index] & Trait.SURNAME:
        return False
    first, word = words[index - 1], words[index]
    named_given = Trait.NAME | Trait.GIVEN
    is_given = traits[index - 1] & named_given == named_given and first.is_capitalised and word.is_capitalised
    return is_given and word.start - first.end == 1 and not protected.reach_into(first.start, first.end)

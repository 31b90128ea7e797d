"""Names by elimination: a word written like a name that is neither English, medical nor clinical phrase.

A gazetteer knows the frequent names only and half of English is a surname, so a word counts as a name not
because a list has it but because no vocabulary has it. A name that is also a word (Grace, Small) counts where
it stands beside a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Flag, auto
from functools import lru_cache

from edscribe_pipelines.deidentify.finding.gazetteer import is_given_name, is_ordinary, is_surname
from edscribe_pipelines.deidentify.finding.protected import ProtectedPhrases
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.finding.words import Word
from edscribe_pipelines.deidentify.tables import word_list

_RULE = "name_unlisted"
_PAIR = "name_beside_name"
_WORDS_REMEMBERED = 50_000
_SHORTEST_IN_CAPITALS = 5
_SHORTEST_IN_SMALL_LETTERS = 5


class Trait(Flag):
    """What a word looks like by itself."""

    NONE = 0
    NAME = auto()
    """No vocabulary has it, and it is written like a name."""
    POSSIBLE = auto()
    """A word that is also a listed name, written like one."""
    GIVEN = auto()
    SURNAME = auto()


def find_unlisted_names(line: str, words: Sequence[Word], protected: ProtectedPhrases) -> Iterator[Span]:
    """Yield the words of `line` that can only be names, and the possible names beside them."""
    traits = [trait_of(word.text) for word in words]
    for index, (word, trait) in enumerate(zip(words, traits, strict=True)):
        if trait and not protected.reach_into(word.start, word.end):
            if Trait.NAME in trait:
                yield Span(word.start, word.end, "NAME", _RULE)
            elif _stands_beside_name(line, words, traits, index):
                yield Span(word.start, word.end, "NAME", _PAIR)


def is_possible_name(word: Word) -> bool:
    """Whether context has to decide about `word`: an ordinary word and a listed name."""
    return Trait.POSSIBLE in trait_of(word.text)


@lru_cache(maxsize=_WORDS_REMEMBERED)
def trait_of(word: str) -> Trait:
    if len(word) < 2 or not word.isalpha() and word.isascii():
        return Trait.NONE
    if any(character.isdigit() for character in word):
        return Trait.NONE
    listed = (Trait.GIVEN if is_given_name(word) else Trait.NONE) | (Trait.SURNAME if is_surname(word) else Trait.NONE)
    if is_vocabulary(word):
        is_possible = listed and word[0].isupper() and not word.isupper() and word not in word_list("not_name")
        return Trait.POSSIBLE | listed if is_possible else Trait.NONE
    return Trait.NAME | listed if _is_written_as_name(word, listed) else Trait.NONE


def _is_written_as_name(word: str, listed: Trait) -> bool:
    if word in _known_to_clinicians():
        return False
    if word.isupper():
        return bool(listed) and len(word) >= _SHORTEST_IN_CAPITALS
    if word.islower():
        return Trait.GIVEN in listed and len(word) >= _SHORTEST_IN_SMALL_LETTERS
    return word[0].isupper() and (len(word) > 3 or (len(word) == 3 and bool(listed))) and not _is_abbreviation(word)


def _is_abbreviation(word: str) -> bool:
    """Whether capitals stand inside: HbA, PaO, McV are; McDonald and DeShawn are not."""
    capitals = sum(letter.isupper() for letter in word)
    return capitals > 1 and (len(word) < 6 or capitals > 2) and not word.startswith(("Mc", "Mac", "De", "La", "O"))


def _known_to_clinicians() -> frozenset[str]:
    return word_list("not_name")


def _stands_beside_name(line: str, words: Sequence[Word], traits: Sequence[Trait], index: int) -> bool:
    for other in (index - 1, index + 1):
        if 0 <= other < len(words) and _are_joined(line, words[min(index, other)], words[max(index, other)]):
            if Trait.NAME in traits[other] and words[other].is_capitalised:
                return True
            if _is_pair(traits[min(index, other)], traits[max(index, other)], words[min(index, other)]):
                return True
    return False


def _are_joined(line: str, left: Word, right: Word) -> bool:
    return line[left.end : right.start] in (" ", ", ", "-", "'", "’", " & ")


def _is_pair(left: Trait, right: Trait, first: Word) -> bool:
    """Whether two words that are also names read as given name and surname: Grace Small."""
    both = Trait.POSSIBLE in left and Trait.POSSIBLE in right
    return both and Trait.GIVEN in left and Trait.SURNAME in right and not is_ordinary(first.text)



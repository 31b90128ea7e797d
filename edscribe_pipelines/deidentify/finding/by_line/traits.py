"""What a word looks like by itself: in no vocabulary, on a list of names, borne by many as a surname."""

from __future__ import annotations

from functools import lru_cache

from edscribe_pipelines.deidentify.finding.gazetteer import is_common_surname, is_given_name, is_surname
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.finding.words import fold
from edscribe_pipelines.deidentify.tables import word_list

_WORDS_REMEMBERED = 50_000
_SHORTEST_IN_CAPITALS = 4
_SHORTEST_IN_SMALL_LETTERS = 4
_SHORTEST_SURNAME_IN_SMALL_LETTERS = 5


class Trait:
    """What a word looks like by itself, as flags of an int: an enum would take longer than all else about a word."""

    NONE = 0
    NAME = 1
    """No vocabulary has it, and it is written like a name."""
    POSSIBLE = 2
    """A word that is also a listed name, written with a capital."""
    GIVEN = 4
    SURNAME = 8
    UNKNOWN = 16
    """No vocabulary and no list has it: a rare name, a typing error or shorthand."""
    BEARABLE = 32
    """A word that many people bear as a surname; where persons stand it is one."""


@lru_cache(maxsize=_WORDS_REMEMBERED)
def trait_of(word: str) -> int:
    if len(word) < 2 or any(character.isdigit() for character in word):
        return Trait.NONE
    listed = (Trait.GIVEN if is_given_name(word) else Trait.NONE) | (Trait.SURNAME if is_surname(word) else Trait.NONE)
    if word in word_list("name_when_capitalised"):
        return Trait.NAME | Trait.POSSIBLE | listed
    if not is_vocabulary(word):
        return _trait_of_unlisted(word, listed)
    if fold(word) in word_list("function_word"):
        return Trait.NONE
    if word.islower() or (word.isupper() and len(word) < _SHORTEST_IN_CAPITALS) or word in word_list("not_name"):
        return _trait_of_word(word, listed)
    return Trait.POSSIBLE | listed if listed else Trait.NONE


def _trait_of_unlisted(word: str, listed: int) -> int:
    if _is_written_as_name(word, listed):
        return Trait.NAME | listed
    if word.title() in word_list("not_name"):
        return listed
    is_rare = len(word) > 3 if word.islower() or word.isupper() else len(word) > 2 and word.istitle()
    return listed | (Trait.UNKNOWN if is_rare or (listed and not word.isupper()) else Trait.NONE)


def _trait_of_word(word: str, listed: int) -> int:
    """Return what speaks for a name in a word of the vocabulary that has no capital of its own."""
    if fold(word) in _never_names():
        return listed & Trait.GIVEN if word.istitle() else Trait.NONE
    is_borne = word.capitalize() not in word_list("not_name") and is_common_surname(word)
    return listed | (Trait.BEARABLE if is_borne else Trait.NONE)


def _is_written_as_name(word: str, listed: int) -> bool:
    if word in word_list("not_name"):
        return False
    if not word.isascii() and _has_accent(word):
        return True
    if word.isupper():
        return bool(listed) and len(word) >= _SHORTEST_IN_CAPITALS
    if word.islower():
        return _is_written_as_name_in_small_letters(word, listed)
    return word[0].isupper() and (len(word) > 3 or (len(word) == 3 and bool(listed))) and not _is_abbreviation(word)


def _is_written_as_name_in_small_letters(word: str, listed: int) -> bool:
    shortest = _SHORTEST_IN_SMALL_LETTERS
    if listed & Trait.GIVEN or is_common_surname(word):
        return len(word) >= shortest
    return bool(listed & Trait.SURNAME) and len(word) >= _SHORTEST_SURNAME_IN_SMALL_LETTERS


def _has_accent(word: str) -> bool:
    """Whether letters of other languages' names are in it; Greek ones (µg) are not."""
    return any("\u00c0" <= letter <= "\u024f" or "\u1e00" <= letter <= "\u1eff" for letter in word)


def _is_abbreviation(word: str) -> bool:
    """Whether capitals stand inside: HbA, PaO, McV are; McDonald and DeShawn are not."""
    capitals = sum(letter.isupper() for letter in word)
    return capitals > 1 and (len(word) < 6 or capitals > 2) and not word.startswith(("Mc", "Mac", "De", "La", "O"))


def _never_names() -> frozenset[str]:
    return word_list("function_word") | word_list("not_lower_name") | word_list("verb_of_person")

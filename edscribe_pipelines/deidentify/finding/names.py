"""Names by elimination: a word written like a name that is neither English, medical nor clinical phrase.

A gazetteer knows the frequent names only and half of English is a surname, so a word counts as a name not
because a list has it but because no vocabulary has it. A name that is also a word (Grace, Small) counts where
it stands beside a name, or has a capital that nothing else explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Flag, auto
from functools import lru_cache

from edscribe_pipelines.deidentify.finding.gazetteer import is_given_name, is_ordinary, is_surname
from edscribe_pipelines.deidentify.finding.protected import ProtectedPhrases
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.finding.words import Word, fold
from edscribe_pipelines.deidentify.tables import word_list

_UNLISTED, _BESIDE, _CAPITAL = "name_unlisted", "name_beside_name", "name_by_capital"
_WORDS_REMEMBERED = 50_000
_SHORTEST_IN_CAPITALS = 4
_SHORTEST_IN_SMALL_LETTERS = 4
_SHORTEST_SURNAME_IN_SMALL_LETTERS = 5


class Trait(Flag):
    """What a word looks like by itself."""

    NONE = 0
    NAME = auto()
    """No vocabulary has it, and it is written like a name."""
    POSSIBLE = auto()
    """A word that is also a listed name, written with a capital."""
    GIVEN = auto()
    SURNAME = auto()


def find_unlisted_names(line: str, words: Sequence[Word], protected: ProtectedPhrases) -> Iterator[Span]:
    """Yield the words of `line` that can only be names, and the possible names beside them."""
    traits = [trait_of(word.text) for word in words]
    for index, (word, trait) in enumerate(zip(words, traits, strict=True)):
        if not trait or protected.reach_into(word.start, word.end) or _names_a_sign(line, words, index):
            continue
        if Trait.NAME in trait:
            yield Span(word.start, word.end, "NAME", _UNLISTED)
        elif _stands_beside_name(line, words, traits, index):
            yield Span(word.start, word.end, "NAME", _BESIDE)
        elif Trait.POSSIBLE in trait and _has_unexplained_capital(line, words, index):
            yield Span(word.start, word.end, "NAME", _CAPITAL)


def is_possible_name(word: Word) -> bool:
    """Whether context has to decide about `word`: an ordinary word and a listed name."""
    return Trait.POSSIBLE in trait_of(word.text)


@lru_cache(maxsize=_WORDS_REMEMBERED)
def trait_of(word: str) -> Trait:
    if len(word) < 2 or any(character.isdigit() for character in word):
        return Trait.NONE
    listed = (Trait.GIVEN if is_given_name(word) else Trait.NONE) | (Trait.SURNAME if is_surname(word) else Trait.NONE)
    if not is_vocabulary(word):
        return (Trait.NAME if _is_written_as_name(word, listed) else Trait.NONE) | listed
    if word.islower() or (word.isupper() and len(word) < _SHORTEST_IN_CAPITALS) or word in word_list("not_name"):
        return Trait.NONE if fold(word) in _never_names() else listed
    return Trait.POSSIBLE | listed if listed else Trait.NONE


def _is_written_as_name(word: str, listed: Trait) -> bool:
    if word in word_list("not_name"):
        return False
    if word.isupper():
        return bool(listed) and len(word) >= _SHORTEST_IN_CAPITALS
    if word.islower():
        is_given = Trait.GIVEN in listed and len(word) >= _SHORTEST_IN_SMALL_LETTERS
        return is_given or (Trait.SURNAME in listed and len(word) >= _SHORTEST_SURNAME_IN_SMALL_LETTERS)
    return word[0].isupper() and (len(word) > 3 or (len(word) == 3 and bool(listed))) and not _is_abbreviation(word)


def _is_abbreviation(word: str) -> bool:
    """Whether capitals stand inside: HbA, PaO, McV are; McDonald and DeShawn are not."""
    capitals = sum(letter.isupper() for letter in word)
    return capitals > 1 and (len(word) < 6 or capitals > 2) and not word.startswith(("Mc", "Mac", "De", "La", "O"))


def _never_names() -> frozenset[str]:
    return word_list("function_word") | word_list("not_lower_name") | word_list("verb_of_person")


def _names_a_sign(line: str, words: Sequence[Word], index: int) -> bool:
    """Whether a clinical noun makes the word an eponym: Leopold maneuver, Stensen's duct, Wellens waves."""
    after = index + 1
    if after < len(words) and words[after].text == "s" and line[words[index].end] in "'’":
        after += 1
    return (
        after < len(words)
        and words[index].is_capitalised
        and words[after].start - words[after - 1].end == 1
        and words[after].text.lower() in word_list("eponym_noun")
    )


def _stands_beside_name(line: str, words: Sequence[Word], traits: Sequence[Trait], index: int) -> bool:
    for other in (index - 1, index + 1):
        if 0 <= other < len(words) and _are_joined(line, words[min(index, other)], words[max(index, other)]):
            if Trait.NAME in traits[other] and _is_written_alike(words[index], words[other], traits[index]):
                return True
            if _is_pair(traits[min(index, other)], traits[max(index, other)], words[min(index, other)]):
                return True
    return False


def _is_written_alike(word: Word, name: Word, trait: Trait) -> bool:
    """Whether `word` has a capital like the name beside it, or is a listed surname typed without one like it."""
    return word.is_capitalised if name.is_capitalised else Trait.SURNAME in trait and word.text.islower()


def _are_joined(line: str, left: Word, right: Word) -> bool:
    return line[left.end : right.start] in (" ", ", ", "-", "'", "’", " & ")


def _is_pair(left: Trait, right: Trait, first: Word) -> bool:
    """Whether two words that are also names read as given name and surname: Grace Small."""
    both = Trait.POSSIBLE in left and Trait.POSSIBLE in right
    return both and Trait.GIVEN in left and Trait.SURNAME in right and not is_ordinary(first.text)


def _has_unexplained_capital(line: str, words: Sequence[Word], index: int) -> bool:
    """Whether a single capitalised word stands among words in small letters, or is the subject of a sentence."""
    word = words[index]
    if word.text.isupper() or not _stands_alone(line, words, index):
        return False
    return not opens_sentence(line, word) or _is_subject(line, words, index)


def _stands_alone(line: str, words: Sequence[Word], index: int) -> bool:
    before = words[index - 1] if index else None
    after = words[index + 1] if index + 1 < len(words) else None
    if before and before.text[0].isupper() and words[index].start - before.end == 1:
        return False
    return not (after and after.text[0].isupper() and after.start - words[index].end == 1)


def opens_sentence(line: str, word: Word) -> bool:
    """Whether the place of `word` explains its capital: a sentence, an item, a field or a quotation begins."""
    before = line[: word.start].rstrip(" \t")
    return not before or before[-1] in ".:;!?|/-*•\"'“(^=,[>&+" or before[-1].isdigit()


def _is_subject(line: str, words: Sequence[Word], index: int) -> bool:
    after = index + 1
    joined = after < len(words) and line[words[index].end : words[after].start] == " "
    return joined and words[after].text in word_list("verb_of_person")

"""Names by elimination: a word written like a name that is neither English, medical nor clinical phrase.

A gazetteer knows the frequent names only and half of English is a surname, so a word counts as a name not
because a list has it but because no vocabulary has it. A name that is also a word (Grace, Small) counts where
it stands beside a name, or has a capital that nothing else explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Flag, auto
from functools import lru_cache

from edscribe_pipelines.deidentify.finding.gazetteer import (
    is_common_surname,
    is_given_name,
    is_ordinary,
    is_surname,
)
from edscribe_pipelines.deidentify.finding.protected import ProtectedPhrases
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.standing import opens_sentence, stands_as_person
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.finding.words import Word, fold
from edscribe_pipelines.deidentify.tables import word_list

_UNLISTED, _BESIDE, _CAPITAL = "name_unlisted", "name_beside_name", "name_by_capital"
_STANDING, _INITIALLED, _SYLLABLES = "name_by_standing", "name_initialled", "name_of_syllables"
_JOINT = re.compile(r" |, ?|-|['’]| & | [A-Z]\.? ")
_COMMA = re.compile(r", ?")
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
    UNKNOWN = auto()
    """No vocabulary and no list has it: a rare name, a typing error or shorthand."""
    BEARABLE = auto()
    """A word that many people bear as a surname; where persons stand it is one."""


def find_unlisted_names(line: str, words: Sequence[Word], protected: ProtectedPhrases) -> Iterator[Span]:
    """Yield the words of `line` that can only be names, and the possible names beside them."""
    traits = [trait_of(word.text) for word in words]
    for index, (word, trait) in enumerate(zip(words, traits, strict=True)):
        if not trait:
            continue
        if _is_initialled(line, words, traits, index):
            yield Span(word.start, word.end, "NAME", _INITIALLED)
        elif not protected.reach_into(word.start, word.end) and not _names_a_sign(line, words, index):
            rule = _rule(line, words, traits, index)
            if rule:
                yield Span(word.start, word.end, "NAME", rule)


def _rule(line: str, words: Sequence[Word], traits: Sequence[Trait], index: int) -> str | None:
    """Return the rule by which a word is a name on `line`."""
    trait = traits[index]
    if Trait.NAME in trait:
        return _UNLISTED
    if _stands_beside_name(line, words, traits, index) or _is_last_first(line, words, traits, index):
        return _BESIDE
    if Trait.POSSIBLE in trait and _has_unexplained_capital(line, words, index):
        return _CAPITAL
    if trait & (Trait.POSSIBLE | Trait.UNKNOWN | Trait.BEARABLE) and stands_as_person(line, words, index):
        return _STANDING
    return _SYLLABLES if _is_of_syllables(line, words, index) else None


def is_possible_name(word: Word) -> bool:
    """Whether context has to decide about `word`: an ordinary word and a listed name."""
    return Trait.POSSIBLE in trait_of(word.text)


@lru_cache(maxsize=_WORDS_REMEMBERED)
def trait_of(word: str) -> Trait:
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


def _trait_of_unlisted(word: str, listed: Trait) -> Trait:
    if _is_written_as_name(word, listed):
        return Trait.NAME | listed
    is_rare = word.islower() and len(word) > 2 and word.capitalize() not in word_list("not_name")
    return listed | (Trait.UNKNOWN if is_rare or (word.islower() and listed) else Trait.NONE)


def _trait_of_word(word: str, listed: Trait) -> Trait:
    """Return what speaks for a name in a word of the vocabulary that has no capital of its own."""
    if fold(word) in _never_names():
        return listed & Trait.GIVEN if word.istitle() else Trait.NONE
    is_borne = word.capitalize() not in word_list("not_name") and is_common_surname(word)
    return listed | (Trait.BEARABLE if is_borne else Trait.NONE)


def _is_written_as_name(word: str, listed: Trait) -> bool:
    if word in word_list("not_name"):
        return False
    if not word.isascii() and _has_accent(word):
        return True
    if word.isupper():
        return bool(listed) and len(word) >= _SHORTEST_IN_CAPITALS
    if word.islower():
        return _is_written_as_name_in_small_letters(word, listed)
    return word[0].isupper() and (len(word) > 3 or (len(word) == 3 and bool(listed))) and not _is_abbreviation(word)


def _is_written_as_name_in_small_letters(word: str, listed: Trait) -> bool:
    shortest = _SHORTEST_IN_SMALL_LETTERS
    if Trait.GIVEN in listed or is_common_surname(word):
        return len(word) >= shortest
    return Trait.SURNAME in listed and len(word) >= _SHORTEST_SURNAME_IN_SMALL_LETTERS


def _has_accent(word: str) -> bool:
    """Whether letters of other languages' names are in it; Greek ones (µg) are not."""
    return any("\u00c0" <= letter <= "\u024f" or "\u1e00" <= letter <= "\u1eff" for letter in word)


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
    for other in _neighbours(words, index):
        left, right = min(index, other), max(index, other)
        if 0 <= other < len(words) and _are_joined(line, words[left], words[right]):
            if Trait.NAME in traits[other] and _is_written_alike(words[index], words[other], traits[index]):
                return True
            if _is_pair(traits[left], traits[right], words[left]):
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


def _is_written_alike(word: Word, name: Word, trait: Trait) -> bool:
    """Whether `word` has a capital like the name beside it, or may be a name that was typed without one like it."""
    if name.is_capitalised:
        return word.is_capitalised
    return bool(trait & (Trait.SURNAME | Trait.UNKNOWN)) and word.text.islower()


def _are_joined(line: str, left: Word, right: Word) -> bool:
    return _JOINT.fullmatch(line, left.end, right.start) is not None


def _is_pair(left: Trait, right: Trait, first: Word) -> bool:
    """Whether two words that are also names read as given name and surname: Grace Small."""
    both = Trait.POSSIBLE in left and Trait.POSSIBLE in right
    return both and Trait.GIVEN in left and Trait.SURNAME in right and not is_ordinary(first.text)


def _is_last_first(line: str, words: Sequence[Word], traits: Sequence[Trait], index: int) -> bool:
    """Whether two words read as on lists and forms: LAKE, Frank."""
    word = words[index].text
    if word.isupper() and index + 1 < len(words) and _COMMA.fullmatch(line, words[index].end, words[index + 1].start):
        return Trait.SURNAME in traits[index] and _may_be_given(words[index + 1], traits[index + 1])
    if index and word.istitle() and _COMMA.fullmatch(line, words[index - 1].end, words[index].start):
        last = words[index - 1].text
        return last.isupper() and Trait.SURNAME in traits[index - 1] and _may_be_given(words[index], traits[index])
    return False


def _may_be_given(word: Word, trait: Trait) -> bool:
    return word.text.istitle() and bool(trait & (Trait.GIVEN | Trait.NAME))


def _is_initialled(line: str, words: Sequence[Word], traits: Sequence[Trait], index: int) -> bool:
    """Whether an initial with a full stop stands before the word: T. Stone; L. and R. are left and right."""
    if not index or not words[index].text.istitle() or not traits[index] & (Trait.NAME | Trait.POSSIBLE):
        return False
    initial = words[index - 1]
    is_initial = len(initial.text) == 1 and initial.text.isupper() and line[initial.end : words[index].start] == ". "
    return is_initial and Trait.SURNAME in traits[index] and initial.text not in "LR"


def _is_of_syllables(line: str, words: Sequence[Word], index: int) -> bool:
    """Whether the word and one joined to it by a hyphen are syllables of East Asian names: Ji-woo."""
    syllables = word_list("syllable_of_name")
    for left in (index - 1, index):
        if left >= 0 and left + 1 < len(words) and line[words[left].end : words[left + 1].start] == "-":
            first, second = words[left].text, words[left + 1].text
            if first[0].isupper() and first in syllables and second.title() in syllables:
                return True
    return False


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


def _is_subject(line: str, words: Sequence[Word], index: int) -> bool:
    after = index + 1
    joined = after < len(words) and line[words[index].end : words[after].start] == " "
    return joined and words[after].text in word_list("verb_of_person")

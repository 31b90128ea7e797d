"""Names by elimination: a word written like a name that is neither English, medical nor clinical phrase.

A gazetteer knows the frequent names only and half of English is a surname, so a word counts as a name not
because a list has it but because no vocabulary has it. A name that is also a word (Grace, Small) counts where
it stands beside a name, or has a capital that nothing else explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edscribe_pipelines.deidentify.finding.by_line.beside import is_behind_given, is_last_first, stands_beside_name
from edscribe_pipelines.deidentify.finding.by_line.traits import Trait, trait_of
from edscribe_pipelines.deidentify.finding.protected import ProtectedPhrases
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.standing import opens_sentence, stands_as_person
from edscribe_pipelines.deidentify.finding.words import Word
from edscribe_pipelines.deidentify.tables import word_list

_UNLISTED, _BESIDE, _CAPITAL = "name_unlisted", "name_beside_name", "name_by_capital"
_STANDING, _INITIALLED, _SYLLABLES = "name_by_standing", "name_initialled", "name_of_syllables"
_ENDS_IN_NUMBER_OR_HYPHEN = re.compile(r"(?:\d ?|-)\Z")


def find_unlisted_names(line: str, words: Sequence[Word], protected: ProtectedPhrases) -> Iterator[Span]:
    """Yield the words of `line` that can only be names, and the possible names beside them."""
    traits = [trait_of(word.text) for word in words]
    for index, (word, trait) in enumerate(zip(words, traits, strict=True)):
        if not trait:
            continue
        if _is_initialled(line, words, traits, index):
            yield Span(word.start, word.end, "NAME", _INITIALLED)
        elif is_behind_given(line, words, traits, index, protected) and not _names_a_sign(line, words, index):
            yield Span(word.start, word.end, "NAME", _BESIDE)
        elif not protected.reach_into(word.start, word.end) and not _names_a_sign(line, words, index):
            rule = _rule(line, words, traits, index, protected)
            if rule:
                yield Span(word.start, word.end, "NAME", rule)


def _rule(
    line: str, words: Sequence[Word], traits: Sequence[int], index: int, protected: ProtectedPhrases
) -> str | None:
    """Return the rule by which a word is a name on `line`."""
    trait = traits[index]
    if trait & Trait.NAME:
        return _UNLISTED
    if stands_beside_name(line, words, traits, index, protected) or is_last_first(line, words, traits, index):
        return _BESIDE
    if trait & Trait.POSSIBLE and _has_unexplained_capital(line, words, index):
        return _CAPITAL
    if trait & (Trait.POSSIBLE | Trait.UNKNOWN | Trait.BEARABLE) and stands_as_person(line, words, index):
        return _STANDING
    return _SYLLABLES if _is_of_syllables(line, words, index) else None


def is_possible_name(word: Word) -> bool:
    """Whether context has to decide about `word`: an ordinary word and a listed name."""
    return bool(trait_of(word.text) & Trait.POSSIBLE)


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


def _is_initialled(line: str, words: Sequence[Word], traits: Sequence[int], index: int) -> bool:
    """Whether an initial with a full stop stands before the word: T. Stone; not L. ankle, 200 J. or en-Y."""
    if not index or not words[index].text.istitle() or not traits[index] & (Trait.NAME | Trait.POSSIBLE):
        return False
    initial = words[index - 1]
    is_initial = len(initial.text) == 1 and initial.text.isupper() and line[initial.end : words[index].start] == ". "
    is_unit = (
        initial.text in "LR"
        or _ENDS_IN_NUMBER_OR_HYPHEN.search(line[max(0, initial.start - 2) : initial.start]) is not None
    )
    return is_initial and bool(traits[index] & Trait.SURNAME) and not is_unit


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

"""A name found once is a name in the whole note: "Mr. Voss ... Voss denies pain"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edscribe_pipelines.deidentify.finding.gazetteer import is_ordinary
from edscribe_pipelines.deidentify.finding.protected import protected_phrases
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.words import Word, fold, words_of
from edscribe_pipelines.deidentify.tables import word_list

_RULE = "name_again"
_GUESSES = ("model_", "name_unlisted", "name_beside_name")
"""Finds that are not certain enough to spread: of the language model, and by elimination."""


def find_names_again(text: str, finds: Iterable[Span]) -> Iterator[Span]:
    """Yield every further mention of a word that a name in `finds` holds.

    A word in small letters counts only if the note wrote the name so before; a name that is an ordinary
    word only where capitals are not explained by the start of a sentence; an eponym only outside its
    clinical phrase.
    """
    written = _words_of_names(text, finds)
    names = {fold(word) for word in written}
    in_small_letters = {word for word in written if word.islower() and not is_ordinary(word)}
    if not names:
        return
    protected = protected_phrases(text)
    for word in words_of(text):
        if fold(word.text) in names and (word.text in in_small_letters or _is_mention(word, text)):
            find = Span(word.start, word.end, "NAME", _RULE)
            if not protected.cover(find):
                yield find


def _words_of_names(text: str, finds: Iterable[Span]) -> set[str]:
    names = (find for find in finds if find.type == "NAME" and not find.rule.startswith(_GUESSES))
    words = (word.text for find in names for word in words_of(text[find.start : find.end]))
    return {word for word in words if _spreads(word)}


def _spreads(word: str) -> bool:
    if word in word_list("not_name") or fold(word) in word_list("function_word"):
        return False
    return len(word) > 2 or (len(word) == 2 and word[0].isupper() and word[1].islower())


def _is_mention(word: Word, text: str) -> bool:
    if not word.is_capitalised or (len(word.text) == 2 and word.text.isupper()):
        return False
    return not is_ordinary(word.text) or (not word.text.isupper() and not _opens_sentence(word, text))


def _opens_sentence(word: Word, text: str) -> bool:
    before = text[: word.start].rstrip(" \t\"'“(-*•")
    return not before or before[-1] in ".:;!?\n"

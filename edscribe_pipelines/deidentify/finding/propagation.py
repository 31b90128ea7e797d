"""What finds say of the rest of their note.

"Mr. Voss ... Voss denies pain ... OV signed ... Voss, 94, ...", and where two of a line are days without a year, a
third written as they are is one, too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from edscribe_pipelines.deidentify.finding.gazetteer import is_given_name, is_ordinary, is_surname
from edscribe_pipelines.deidentify.finding.protected import protected_phrases
from edscribe_pipelines.deidentify.finding.scales import is_scale
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.standing import stands_as_person
from edscribe_pipelines.deidentify.finding.words import Word, fold, words_of
from edscribe_pipelines.deidentify.tables import word_list

_AGAIN, _INITIALS, _AGE, _BESIDE = "name_again", "initials_of_name", "age_over_89_of_name", "date_beside_dates"
_GUESSES = ("model_", "name_unlisted", "name_beside_name", "name_by_capital")
"""Finds that are not certain enough to spread: of the language model, and by elimination."""

_AGE_BEHIND = re.compile(
    r"(?:, | \(|, age |,? aged |,? who is |,? is )(9\d|1[01]\d)(?=[,);.]|$| (?:and|years|y/?o|with|in)\b)", re.M
)
_BROKEN_NAME = re.compile(r"[ \t]*\r?\n[ \t]*([A-Z][a-z]+(?:-[A-Z][a-z]+)?)(?=[,.:;)]| [a-z(])")
_FURTHER_NAME = re.compile(r"(?:,? | [A-Z]\.? )")
_SIGNS = re.compile(
    r"(?:\b(?:by|per|[Pp]t|[Pp]atient|scribe|signed|w/|d/w)|\binit(?:ials?)?:?|[.)] ?-{1,2}|\]|~) ?$|[A-Z][a-z]+ \($"
)
_ACTS = re.compile(
    r", (?:RN|MD|NP|PA|DO|LPN)\b| (?:asked|says|said|denies|refused|states|wants|called|agrees|aware|notified)\b"
)
_ZIP = re.compile(r" \d{5}")
_DOSE = re.compile(r"(?:\d|[A-Z][A-Za-z]+) $")
_REACH = 12
_INITIALS_PAIR = re.compile(r"(?<![\w.'’-])([A-Z])([A-Z])(?![\w'’-])")

_DAY = re.compile(
    r"(?<![\w/.-])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])"
    r"(?![\d/%]|\.\d|[ ]?(?:of|strength|power|murmur|mg|ml|L)\b)"
)
_FEWEST_DAYS = 2


def find_names_again(text: str, finds: Sequence[Span]) -> Iterator[Span]:
    """Yield further mentions of the names in `finds`, their initials, and ages over 89 behind them.

    A word in small letters counts only if the note wrote the name so before; a name that is an ordinary
    word only where capitals are not explained by the start of a sentence; an eponym only outside its
    clinical phrase.
    """
    names = sorted(find for find in finds if find.type == "NAME")
    if names:
        yield from _mentions(text, names)
        yield from _surnames_behind_break(text, names)
        yield from _initials(text, names)
        yield from _ages(text, names)


def _mentions(text: str, finds: Sequence[Span]) -> Iterator[Span]:
    written = _words_of_names(text, finds)
    in_small_letters = {word for word in written if word.islower() and not is_ordinary(word)}
    places = set(_open_places(text, {fold(word) for word in written}, finds))
    if not places:
        return
    protected = protected_phrases(text)
    words = list(words_of(text))
    for index, word in enumerate(words):
        if word.start not in places:
            continue
        if word.text in in_small_letters or _is_mention(word, text) or stands_as_person(text, words, index):
            find = Span(word.start, word.end, "NAME", _AGAIN)
            if not protected.cover(find):
                yield find


def _open_places(text: str, names: Iterable[str], finds: Sequence[Span]) -> Iterator[int]:
    """Yield where words of `names` begin that are in none of `finds`."""
    starts = [find.start for find in finds]
    for start in _places_of_words(text, names):
        last = bisect_right(starts, start) - 1
        if last < 0 or finds[last].end <= start:
            yield start


def _places_of_words(text: str, names: Iterable[str]) -> Iterator[int]:
    wanted = set(names)
    if not text.isascii():
        yield from (word.start for word in words_of(text) if fold(word.text) in wanted)
        return
    small = text.lower()
    for name in wanted:
        start = small.find(name)
        while start >= 0:
            end = start + len(name)
            if not (small[start - 1 : start].isalnum() or small[end : end + 1].isalnum()):
                yield start
            start = small.find(name, end)


def _surnames_behind_break(text: str, names: Iterable[Span]) -> Iterator[Span]:
    """Yield the surname that opens a line where the line before ends in a given name."""
    for name in names:
        given = text[name.start : name.end]
        behind = _BROKEN_NAME.match(text, name.end) if given.istitle() and is_given_name(given) else None
        if behind and is_surname(behind[1]) and behind[1] not in word_list("not_name"):
            yield Span(behind.start(1), behind.end(1), "NAME", _AGAIN)


def _words_of_names(text: str, finds: Iterable[Span]) -> set[str]:
    names = (find for find in finds if not find.rule.startswith(_GUESSES))
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


def _initials(text: str, names: Sequence[Span]) -> Iterator[Span]:
    """Yield "OV" where the note names an Oda Voss or a Voss, Oda; not where OV is a clinical abbreviation."""
    pairs = _pairs_of_initials(text, names)
    for match in _INITIALS_PAIR.finditer(text):
        if (match[1] + match[2]) in pairs and _are_initials(text, match):
            yield Span(match.start(), match.end(), "NAME", _INITIALS)


def _are_initials(text: str, pair: re.Match[str]) -> bool:
    """Whether two letters are no clinical abbreviation, or stand where only a person does: "0735 PE: asleep"."""
    before = text[max(0, pair.start() - _REACH) : pair.start()]
    if pair[0] in word_list("clinical_pair"):
        return _SIGNS.search(before) is not None or _ACTS.match(text, pair.end()) is not None
    is_abbreviation = pair[0] in word_list("two_letter_abbreviation")
    return not (is_abbreviation and (_DOSE.search(before) or _ZIP.match(text, pair.end())))


def _pairs_of_initials(text: str, names: Sequence[Span]) -> set[str]:
    letters = [(name, [word.text[0] for word in words_of(text[name.start : name.end])]) for name in names]
    pairs = {(first + last).upper() for _, some in letters if len(some) > 1 for first, last in _first_last(some)}
    for (left, first), (right, second) in pairwise(letters):
        if first and second and _FURTHER_NAME.fullmatch(text, left.end, right.start):
            pairs |= {(first[0] + second[-1]).upper(), (second[0] + first[0]).upper()}
    return pairs


def _first_last(letters: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield letters[0], letters[-1]
    yield letters[1], letters[0]
    yield letters[0], letters[1]


def _ages(text: str, names: Iterable[Span]) -> Iterator[Span]:
    for name in names:
        age = _AGE_BEHIND.match(text, name.end)
        if age:
            yield Span(age.start(1), age.end(1), "AGE", _AGE)


def find_dates_beside(text: str, finds: Sequence[Span]) -> Iterator[Span]:
    """Yield the days of `text` on whose line two of the `finds` are days written so."""
    days = [find for find in finds if find.type == "DATE" and _DAY.match(text, find.start)]
    for match in _DAY.finditer(text) if len(days) >= _FEWEST_DAYS else ():
        start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
        beside = [day for day in days if start <= day.start and (end < 0 or day.end <= end)]
        find = Span(match.start(), match.end(), "DATE", _BESIDE)
        if len(beside) >= _FEWEST_DAYS and not is_scale(text, find):
            yield find

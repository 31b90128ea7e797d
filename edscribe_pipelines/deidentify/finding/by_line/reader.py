"""The clinical recognizer: rules, vocabulary and model, line by line.

Lines repeat between notes, so what was found on a line is remembered. The language model reads a batch of
lines at once and only those that the rules leave open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from edscribe_pipelines.deidentify.finding.by_line.joined import joined
from edscribe_pipelines.deidentify.finding.by_line.language_model import entities_of
from edscribe_pipelines.deidentify.finding.by_line.lines import Line, lines_of, with_plain_signs
from edscribe_pipelines.deidentify.finding.by_line.names import find_unlisted_names, is_possible_name
from edscribe_pipelines.deidentify.finding.by_line.remembered_lines import RememberedLines, as_many_as_fit
from edscribe_pipelines.deidentify.finding.by_line.rooms import find_rooms_of_names
from edscribe_pipelines.deidentify.finding.gazetteer import is_city, is_given_name, is_ordinary, is_surname
from edscribe_pipelines.deidentify.finding.numbers import find_unlisted_numbers
from edscribe_pipelines.deidentify.finding.protected import ProtectedPhrases
from edscribe_pipelines.deidentify.finding.rules import PhiRule, find_by_rules
from edscribe_pipelines.deidentify.finding.scales import is_scale
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.standing import opens_sentence
from edscribe_pipelines.deidentify.finding.validated import find_validated
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.finding.words import Word, words_of
from edscribe_pipelines.deidentify.tables import word_list

_LINES_AT_ONCE = 2_000


class _FirstLook(NamedTuple):
    """What rules and vocabulary find on a line, and whether a possible name is left open."""

    finds: tuple[Span, ...]
    protected: ProtectedPhrases
    is_open: bool


class LineReader:
    """Finds PHI line by line. Remembers the lines it read last. `asks_model` says whether spaCy's model reads the lines
    that rules leave open: it finds nothing that the learned reader does not find."""

    def __init__(self, *, asks_model: bool = True) -> None:
        self._asks_model = asks_model
        self._remembered = RememberedLines()
        is_city("")  # loads a list that takes a second, which belongs to start-up

    def prepare(self, texts: Iterable[str]) -> None:
        """Read the lines of all `texts` at once, as far as they can be remembered."""
        lines = as_many_as_fit(line.text for text in texts for line in lines_of(text))
        while some := list(islice(lines, _LINES_AT_ONCE)):
            self.read(some)

    def finds(self, text: str) -> Iterator[Span]:
        """Yield what the lines of `text` hold, at the characters of `text`."""
        lines = list(lines_of(text))
        for first in range(0, len(lines), _LINES_AT_ONCE):
            some = lines[first : first + _LINES_AT_ONCE]
            yield from _placed(some, self.read([line.text for line in some]))

    def read(self, lines: Sequence[str]) -> list[tuple[Span, ...]]:
        """Return the finds of each line."""
        read = {line: self._remembered[line] for line in lines if line in self._remembered}
        new = _read_anew([line for line in dict.fromkeys(lines) if line not in read], asks_model=self._asks_model)
        for line, finds in new.items():
            self._remembered.keep(line, finds)
        read |= new
        return [read[line] for line in lines]


def _placed(lines: Sequence[Line], finds: Sequence[tuple[Span, ...]]) -> Iterator[Span]:
    for line, some in zip(lines, finds, strict=True):
        for find in some:
            yield Span(line.offset + find.start, line.offset + find.end, find.type, find.rule)


def _read_anew(lines: Sequence[str], *, asks_model: bool) -> dict[str, tuple[Span, ...]]:
    looks = {line: _look(line) for line in lines}
    read = {line: look.finds for line, look in looks.items()}
    asked = [line for line, look in looks.items() if look.is_open] if asks_model else []
    for line, entities in zip(asked, entities_of(asked) if asked else (), strict=True):
        read[line] += tuple(entity for entity in entities if not looks[line].protected.cover(entity))
    return read


def _look(line: str) -> _FirstLook:
    line = with_plain_signs(line)
    words = list(words_of(line))
    protected = ProtectedPhrases(line, words)
    finds = tuple(joined(line, _first_finds(line, words, protected)))
    finds += tuple(find_rooms_of_names(line, finds))
    return _FirstLook(finds, protected, _is_open(line, words, finds, protected))


def _first_finds(line: str, words: Sequence[Word], protected: ProtectedPhrases) -> Iterator[Span]:
    certain = [*_finds_of_rules(line, protected), *find_validated(line)]
    yield from certain
    yield from find_unlisted_names(line, words, protected)
    for number in find_unlisted_numbers(line):
        if not any(find.start <= number.start and number.end <= find.end for find in certain):
            yield number


def _finds_of_rules(line: str, protected: ProtectedPhrases) -> Iterator[Span]:
    for rule, find in find_by_rules(line):
        if _is_trusted(find, rule, line, protected):
            yield find


def _is_trusted(find: Span, rule: PhiRule, line: str, protected: ProtectedPhrases) -> bool:
    if find.type == "DATE" and is_scale(line, find):
        return False
    if rule.strength in ("shape", "context"):
        return not (rule.id.endswith("_labelled") and protected.names_a_thing(find))
    if protected.cover(find):
        return False
    value = line[find.start : find.end]
    if rule.strength == "city":
        is_region = any(value in word_list(name) for name in ("state", "country", "not_name"))
        return is_city(value) and not is_ordinary(value) and not is_region
    if rule.strength == "unlisted":
        return not is_vocabulary(value)
    if rule.strength == "surname":
        return _is_surname_in_small_letters(value)
    return rule.strength == "cue" or any(_is_listed(word.text) for word in words_of(value))


def _is_listed(word: str) -> bool:
    return not is_ordinary(word) and (is_given_name(word) or (word[0].isupper() and is_surname(word)))


def _is_surname_in_small_letters(word: str) -> bool:
    is_name = is_surname(word) or is_given_name(word)
    return is_name and not is_ordinary(word) and word.capitalize() not in word_list("not_name")


def _is_open(line: str, words: Sequence[Word], finds: Sequence[Span], protected: ProtectedPhrases) -> bool:
    """Whether a word may be a name, stands where capitals are not explained otherwise, and nothing decided."""
    return any(
        is_possible_name(word)
        and not opens_sentence(line, word)
        and not any(find.start < word.end and word.start < find.end for find in finds)
        and not protected.reach_into(word.start, word.end)
        for word in words
    )

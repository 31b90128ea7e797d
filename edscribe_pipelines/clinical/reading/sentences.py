"""Where the sentences of a note are.

A sentence ends with a stop or with its line. A line that goes on in small letters belongs to the sentence before if
that one was broken for its length or at a comma or conjunction: short lines in small letters are a list. A stop
behind an abbreviation or a list's number ends nothing. Abbreviations are rows of `tables/abbreviations.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.tables import read_table, table_cache


class Sentence(NamedTuple):
    """note[start:end], without the blanks around it; a line of a list is a sentence."""

    start: int
    end: int


# The first class alone lets the search skip everything else.
_STOP = re.compile(
    r"[.!?\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"
    r"(?:(?<=[.!?])(?<![.!?][.!?])[.!?]*+[\"')\]”’]*+[ \t\xa0]++(?=\S)|(?<![.!?])(?:(?<=\r)\n)?)"
)
_GOES_ON_SMALL = re.compile(r"[ \t]*+[a-z](?![^\n:]{0,30}:)")
_WRAPPED_AT = 40
"""Notes are wrapped at 60 characters or more; a line this short that ends without a stop is a point of a list."""
_DOTTED = re.compile(r"[a-z](?:\.[a-z])+$")
_LONGEST_ABBREVIATION = 6
"""In letters; whatever is longer is a word."""
_LONGEST_WORD = 14


def sentences_of(text: str) -> Iterator[Sentence]:
    """Yield the sentences in the order of the text."""
    start = 0
    for stop in _STOP.finditer(text):
        place, after = stop.span()
        goes_on = _is_abbreviation if text[place] in ".!?" else _is_wrapped
        if not goes_on(text, start, place, after):
            said = text[start:after].lstrip()
            if said:
                begin = after - len(said)
                yield Sentence(begin, begin + len(said.rstrip()))
            start = after
    said = text[start:].lstrip()
    if said:
        begin = len(text) - len(said)
        yield Sentence(begin, begin + len(said.rstrip()))


def _is_wrapped(text: str, start: int, place: int, after: int) -> bool:
    """Whether the line that ends at text[place] breaks a sentence that goes on at text[after]."""
    if text[after : after + 1].isupper() or not _GOES_ON_SMALL.match(text, after):
        return False
    line = text[max(start, place - 2 * _WRAPPED_AT) : place].rstrip()
    line = line[line.rfind("\n") + 1 :]
    last = line.rpartition(" ")[2]
    if last.endswith((".", "!", "?")):
        return last[:-1].casefold() in _abbreviations()["anything"]
    long_enough = len(line) >= _WRAPPED_AT and not line.endswith(":")
    return long_enough or last.endswith(",") or last.casefold() in _abbreviations()["line_end"]


def _is_abbreviation(text: str, start: int, place: int, after: int) -> bool:
    """Whether the stop at text[place] belongs to the word before it, and the sentence goes on at text[after]."""
    if text[place - _LONGEST_ABBREVIATION - 1 : place].isalpha():
        return False
    following = text[after]
    if text[place] != "." or text[place + 1] not in " \t\xa0":
        return following.islower()
    word = _word_before(text, start, place)
    if word in _abbreviations()["anything"]:
        return True
    if "." in word and _DOTTED.fullmatch(word):
        return not (following.isupper() and text[after + 1 : after + 2].islower())
    if following.islower():
        return word in _abbreviations()["small_letter"] or (len(word) < 3 and word.isalpha())
    if following.isdigit() and word in _abbreviations()["figure"]:
        return True
    return 0 < len(word) < 3 and _is_number_of_a_list(text, start, place, word)


def _word_before(text: str, start: int, place: int) -> str:
    words = text[max(start, place - _LONGEST_WORD) : place].replace("\n", " ").rpartition(" ")[2]
    return words.lstrip("([\"'").lower()


def _is_number_of_a_list(text: str, start: int, place: int, word: str) -> bool:
    """Whether `word`, "1" or "b", stands at the beginning of the sentence, or is the initial of a name."""
    if not (word.isdigit() or len(word) == 1):
        return False
    before = text[max(start, place - _LONGEST_WORD) : place - len(word)].split()
    if before and word.isalpha():
        return before[-1].rstrip(".").casefold() in _abbreviations()["anything"]
    return not before or set(before[-1]) <= {"-", "*", "•", "#"}


@table_cache
def _abbreviations() -> dict[str, frozenset[str]]:
    """Return the words behind which a sentence goes on, by what it goes on with."""
    return {row["goes_on_with"]: frozenset(row["words"].split(";")) for row in read_table("abbreviations.csv")}

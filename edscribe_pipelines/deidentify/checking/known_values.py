"""Whether a text writes a value that the record names, in the spellings that a note may use.

A person counts by each part of the name, in any order, by initials, with or without accents, hyphens and
apostrophes. A number counts with any dashes and blanks inside, without leading zeros, without its prefix. A
place counts as a phrase, without its kind of institution, or by its acronym.
"""

from __future__ import annotations

from collections.abc import Sequence

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.checking.known_numbers import is_number_written
from edscribe_pipelines.deidentify.checking.plain_letters import in_plain_letters
from edscribe_pipelines.deidentify.checking.written_text import WrittenText, gate_words, words_of

PERSONS = ("name", "kin", "patient", "clinician", "physician", "provider", "nurse", "contact", "person", "unspecified")
_TITLES = ("dr", "mr", "mrs", "ms", "miss")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SHORTEST_RUN = 6
"""Letters of a shorter word stand side by side in other words, so it counts only as a word."""


def names_known(plain: str, known_identifiers: Sequence[Identifier]) -> bool:
    """Return whether `plain`, a text in plain letters, writes one of the values."""
    text = WrittenText(plain)
    return any(_is_written(identifier, text) for identifier in known_identifiers)


def _is_written(identifier: Identifier, text: WrittenText) -> bool:
    value, kind = identifier["value"].casefold(), identifier["kind"].casefold()
    plain = in_plain_letters(value)
    parts = words_of(plain)
    if any(character.isdigit() for character in plain):
        return is_number_written(plain, kind, parts, text)
    if "@" in plain or "/" in plain:
        return len(plain) > 2 and plain in text.folded
    if any(person in kind for person in PERSONS) and not gate_words("institution").intersection(parts):
        names = [part for part in parts if part not in gate_words("title")]
        if any(_has_run("".join(words_of(name)), text) for name in plain.split()):
            return True
        return _is_person_written(names, kind, text) or (not value.isascii() and _is_digraph_written(value, text))
    return _is_place_written(parts, text)


def _is_person_written(names: list[str], kind: str, text: WrittenText) -> bool:
    present = [name for name in names if name in text.squeezed]
    if any(_is_part_written(name, text) or _is_beside_initial(name, names, text) for name in present):
        return True
    return _has_run("".join(names), text) or _is_initialled(names, kind, text)


def _is_part_written(name: str, text: WrittenText) -> bool:
    if len(name) < 2 or name in gate_words("function_word"):
        return False
    if len(name) == 2:
        return text.has_as_written(name.capitalize())
    if name in gate_words("plain_word"):
        return text.has_capitalised(name)
    return text.has_phrase(name) or _has_run(name, text)


def _is_beside_initial(name: str, names: list[str], text: WrittenText) -> bool:
    """Whether a part that is too plain to count alone stands behind a title or another part or its initial."""
    if len(name) < 2 or (len(name) > 2 and name not in gate_words("plain_word")):
        return False
    others = [other for other in names if other is not name]
    before = [*_TITLES, *others, *(other[0] for other in others if other[0] not in "ai")]
    return any(text.has_phrase(f"{word} {name}") for word in before)


def _is_initialled(names: list[str], kind: str, text: WrittenText) -> bool:
    initials = "".join(name[0] for name in names).upper()
    if "patient" not in kind or len(initials) < 2 or initials.lower() in gate_words("abbreviation"):
        return False
    return text.has_dotted(initials) or text.has_as_written(f"pt {initials}", f"Pt {initials}", f"patient {initials}")


def _is_digraph_written(value: str, text: WrittenText) -> bool:
    """Whether a German name stands there with its umlauts in two letters."""
    written = value.translate(UMLAUTS)
    return written != value and any(_is_part_written(part, text) for part in words_of(in_plain_letters(written)))


def _is_place_written(parts: list[str], text: WrittenText) -> bool:
    if len(parts) == 1:
        return len(parts[0]) > 2 and _is_part_written(parts[0], text)
    if text.has_phrase(" ".join(parts)) or _has_run("".join(parts), text):
        return True
    own = [part for part in parts if part not in gate_words("institution")]
    if 1 < len(own) < len(parts) and _is_distinct(own) and text.has_phrase(" ".join(own)):
        return True
    return _is_acronym_written(parts, text)


def _is_distinct(words: list[str]) -> bool:
    return not all(word in gate_words("plain_word") or word in gate_words("function_word") for word in words)


def _is_acronym_written(parts: list[str], text: WrittenText) -> bool:
    acronym = "".join(part[0] for part in parts if part not in gate_words("function_word"))
    return len(acronym) > 2 and acronym not in gate_words("abbreviation") and text.has_as_written(acronym.upper())


def _has_run(letters: str, text: WrittenText) -> bool:
    return len(letters) >= _SHORTEST_RUN and text.has_run(letters)

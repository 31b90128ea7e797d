"""The parts of a person's name, each with what it says alone, and the ways to run them together."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations

from edscribe_pipelines.deidentify.finding.gazetteer import is_ordinary
from edscribe_pipelines.deidentify.finding.known.forms import Forms, Need, Strength
from edscribe_pipelines.deidentify.finding.known.nicknames import other_names
from edscribe_pipelines.deidentify.finding.known.reading import split_words
from edscribe_pipelines.deidentify.finding.known.vocabulary import is_english, is_listed
from edscribe_pipelines.deidentify.finding.known.word_lists import known_words
from edscribe_pipelines.deidentify.tables import word_list

_BETWEEN_UNITS = re.compile(r"[\s,;^()/_]+")
_MOST_UNITS = 6
_LONGEST_PART = 40
_REMEMBERED = 5_000
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


def name_forms(value: str, is_patient: bool) -> Forms:
    """Return the forms of a name, written with or without a comma after the surname."""
    forms = Forms()
    units = _units(value)
    given, surname = _given_and_surname(value, units)
    for unit in units:
        _add_unit(forms, unit)
    for unit in given:
        _add_nicknames(forms, unit)
    _add_run_together(forms, units, given, surname)
    forms.initials = {word[0] for unit in units for word in unit}
    _add_given_initials(forms, given)
    if is_patient and given and surname:
        letters = [unit[0][0] for unit in given]
        forms.monograms = {letters[0] + surname[0][0], "".join(letters) + surname[0][0]}
    return forms


def _units(value: str) -> list[list[str]]:
    """Return the words of each name in a value: [["mary", "jane"], ["o", "brien"]]."""
    written = [(unit, words) for unit in _BETWEEN_UNITS.split(value) if (words := split_words(unit))]
    names = [each for each in written if not _is_beside_name(each[0], is_first=each is written[0])] or written
    return [_short_words(words) for _, words in names[:_MOST_UNITS]]


def _short_words(words: list[str]) -> list[str]:
    return [word for word in words if len(word) <= _LONGEST_PART and not word.isdigit()] or words[:1]


def _is_beside_name(unit: str, *, is_first: bool) -> bool:
    """Whether "Dr.", "MD" or "Jr." is all that a word of a value says."""
    if unit in word_list("credential") or unit.casefold().replace(".", "") in known_words("beside_name"):
        return True
    return is_first and unit.rstrip(".") in word_list("title")


def _given_and_surname(value: str, units: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    if len(units) < 2:
        return units, []
    comma = re.search(r"[,^]", value)
    if comma is None:
        return units[:-1], units[-1]
    before = len(_units(value[: comma.start()])) if split_words(value[: comma.start()]) else 0
    if not 0 < before < len(units):
        return units[:-1], units[-1]
    return units[before:], units[before - 1]


def _add_unit(forms: Forms, unit: list[str]) -> None:
    if len(unit) > 1:
        forms.add_words(unit, "NAME", Need.NOTHING)
    for word in {*unit, "".join(unit)}:
        strength = _strength(word)
        if len(word) == 1:
            continue
        forms.add_part(word, strength)
        if strength is Strength.FULL:
            _add_variants(forms, word)


@lru_cache(maxsize=_REMEMBERED)
def _strength(word: str) -> Strength:
    if word in word_list("function_word") or word in known_words("particle"):
        return Strength.FUNCTION
    if is_ordinary(word) or (len(word) == 2 and word.isascii()):
        return Strength.ORDINARY
    return Strength.FULL


def _add_variants(forms: Forms, word: str) -> None:
    plural = word + ("es" if word.endswith(("s", "z", "x")) else "s")
    if _strength(plural) is Strength.FULL:
        forms.add_part(plural, Strength.SOFT)
    if len(word) >= 5:
        forms.typo_prone.add(word)
    if len(word) >= 6:
        forms.add_breakable(word, "NAME", Need.HYPHEN, shortest=2)


def _add_nicknames(forms: Forms, unit: list[str]) -> None:
    for word in {*unit, "".join(unit)}:
        for nickname in other_names(word):
            forms.add_part(nickname, min(_strength(nickname), Strength.SOFT))


def _add_given_initials(forms: Forms, given: list[list[str]]) -> None:
    """Add the MJ of "MJ Smith", which says something beside a surname only."""
    letters = "".join(word[0] for unit in given for word in unit)
    if 2 <= len(letters) <= 3 and not is_listed(letters) and letters not in known_words("dotted_abbreviation"):
        forms.add_part(letters, Strength.ORDINARY)


def _add_run_together(forms: Forms, units: list[list[str]], given: list[list[str]], surname: list[str]) -> None:
    names = ["".join(unit) for unit in units]
    joined = {"".join(names[first:end]) for first, end in combinations(range(len(names) + 1), 2) if end - first > 1}
    family = "".join(surname)
    for unit in given if family else ():
        joined |= {family + "".join(unit), "".join(unit) + family}
        joined |= {unit[0][0] + family, family + unit[0][0]} if _strength(family) is Strength.FULL else set()
    for word in joined:
        if 5 <= len(word) <= 2 * _LONGEST_PART and not is_english(word):
            forms.add_part(word, Strength.FULL)


def with_umlauts_spelt_out(value: str) -> str:
    """Return "Mueller" for "Müller", and any other value as it is."""
    return value if value.isascii() else value.casefold().translate(_UMLAUTS)

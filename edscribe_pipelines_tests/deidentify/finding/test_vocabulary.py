from __future__ import annotations

from pathlib import Path

import pytest
import spylls
from spylls.hunspell import Dictionary

from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary


@pytest.mark.parametrize(
    "word", ["walk", "walked", "unhappiness", "DENIES", "Café", "tablets", "metoprolol", "the", "Monday", "sepsis"]
)
def test_words_of_english_and_medicine_are_known_in_any_case(word: str) -> None:
    assert is_vocabulary(word)


@pytest.mark.parametrize("word", ["john", "John", "JOHN", "smith", "Vossberg", "Nguyen", "Zorvanka"])
def test_names_are_no_vocabulary(word: str) -> None:
    assert not is_vocabulary(word)


def test_forms_are_words_to_hunspell() -> None:
    """A form that the affixes give is one that hunspell's own check accepts."""
    dictionary = Dictionary.from_files(str(Path(spylls.__file__).parent / "hunspell" / "data" / "en" / "en_US"))
    for word in ("carried", "reworked", "happily", "quickness", "boxes", "disagreements", "tried"):
        assert is_vocabulary(word)
        assert dictionary.lookup(word)
    for word in ("carryed", "boxs", "tryed", "walkly"):
        assert not is_vocabulary(word)
        assert not dictionary.lookup(word)

"""What the remover, the gate and the canaries know, as data.

| table | a row is |
|---|---|
| `phi_types.csv` | a type of span and the Safe Harbor category that asks for it |
| `phi_rules.csv` | a rule: what it finds (the group `phi`), its trust, an example with the find in `[[ ]]` |
| `phi_fragments.csv` | a piece of pattern that rules share, written `<<name>>` in them |
| `word_lists.csv` | a word of a list, written `\\L<list>` in patterns |
| `eponyms.csv` | a clinical phrase that looks like a name: kept `always`, or only `in_context` |
| `known_words.csv` | a word of a list that tells how a known value stands in a note |
| `nicknames.csv` | a given name and what its bearers are also called |
| `zip3_restricted.csv` | three first digits of ZIP codes that are written as 000, or not at all: versioned by census |
| `surrogate_names.csv` | a given name or surname that may stand for a person's |
| `surrogate_places.csv` | a stem or an ending of invented places |
| `gate_words.csv` | a word of a list of the gate, kept apart from the remover's |
| `gate_shapes.csv` | a shape that no clinical text has, the literals without which it cannot stand, an example |
| `gate_labels.csv` | a word that makes the number behind it an identifier, from how many digits on |
| `canaries.csv` | an invented sentence in which a canary is planted |
"""

from __future__ import annotations

from functools import cache

from edscribe_pipelines.tables import read_table

FOLDER = __name__


@cache
def word_list(name: str) -> frozenset[str]:
    """Return one list of `word_lists.csv`."""
    return _word_lists()[name]


@cache
def _word_lists() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    for row in read_table("word_lists.csv", FOLDER):
        lists.setdefault(row["list"], set()).add(row["word"])
    return {name: frozenset(words) for name, words in lists.items()}

"""Near-duplicates by datasketch: the same word pairs, slots and bands as `corpus/minhash.py`, the same exact check."""

from __future__ import annotations

import re
from itertools import pairwise

from datasketch import MinHash, MinHashLSH

SLOTS, BANDS, ROWS = 504, 42, 12


def find_near_duplicates(notes: list[str], similarity: float, seed: int) -> list[tuple[int, int]]:
    """Return (note, note before it) of each pair with at least `similarity`."""
    index = MinHashLSH(num_perm=SLOTS, params=(BANDS, ROWS))
    sets = [_word_pairs(note) for note in notes]
    found = []
    for place, (held, sketch) in enumerate(zip(sets, _sketches(sets, seed), strict=True)):
        near = [before for before in index.query(sketch) if _jaccard(held, sets[before]) >= similarity]
        found += [(place, before) for before in near]
        index.insert(place, sketch)
    return found


def _word_pairs(note: str) -> set[str]:
    words = re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+", note.lower())
    return {f"{one} {other}" for one, other in pairwise(words)}


def _sketches(sets: list[set[str]], seed: int) -> list[MinHash]:
    return MinHash.bulk([[held.encode() for held in each] for each in sets], num_perm=SLOTS, seed=seed % 2**32)


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)

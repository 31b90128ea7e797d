"""Every pair of notes from two groups that are at least so alike, found without chance.

The certificate's own search, which shares with `corpus/minhash.py` only what alike means. Small groups are compared
pair by pair. For large ones: two sets of a and b shingles with Jaccard similarity s differ in at most
(a + b)(1 - s)/(1 + s) of them, so of one part more than that at least one is equal in both
(PartEnum: Arasu, Ganti and Kaushik, Efficient Exact Set-Similarity Joins, VLDB 2006).
"""

from __future__ import annotations

import math

import polars as pl

from edscribe_pipelines.corpus.splitting.shingles import note_shingles, similarities

PAIR_BY_PAIR = 500
"""Up to this many notes every pair is compared; 125,000 pairs take about a second."""

_SEED = 0x5EED
_EXACTLY = 1e-9


def compare_groups(notes: pl.DataFrame, similarity: float) -> pl.DataFrame:
    """Return the compared pairs: `one` and `other` (places in `notes`), each with its `group`, and `similarity`.

    `notes` are completion and group. Every pair of different groups with at least `similarity` is among them.
    """
    shingles = note_shingles(notes["completion"], _SEED)
    groups = notes.lazy().select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("note"), "group")
    pairs = _every_pair(groups) if notes.height <= PAIR_BY_PAIR else _sharing_a_part(shingles, groups, similarity)
    return similarities(shingles, pairs)


def _every_pair(groups: pl.LazyFrame) -> pl.DataFrame:
    return _between(groups.join(groups, how="cross", suffix="_other")).collect()


def _between(paired: pl.LazyFrame) -> pl.LazyFrame:
    across = paired.filter((pl.col("note") < pl.col("note_other")) & (pl.col("group") != pl.col("group_other")))
    return across.select(one="note", other="note_other", group="group", group_other="group_other")


def _sharing_a_part(shingles: pl.DataFrame, groups: pl.LazyFrame, similarity: float) -> pl.DataFrame:
    sized = shingles.with_columns(size=pl.len().over("note"))
    bounds = _size_classes(int(sized.select(pl.col("size").max().fill_null(0)).item()), similarity)
    found = [
        _equal_parts(sized.filter(pl.col("size").is_between(low, high)), groups, _parts(high, similarity))
        for (low, _), (_, high) in zip([bounds[0], *bounds], bounds, strict=False)
    ]
    return pl.concat(found).unique().sort("one", "other")


def _size_classes(largest: int, similarity: float) -> list[tuple[int, int]]:
    """Return classes of set sizes such that alike sets are in one class or in two that follow each other."""
    classes, low = [], 1
    while low <= max(largest, 1):
        high = math.floor(low / similarity + _EXACTLY)
        classes.append((low, high))
        low = high + 1
    return classes


def _parts(largest: int, similarity: float) -> int:
    return math.floor(2 * largest * (1 - similarity) / (1 + similarity) + _EXACTLY) + 1


def _equal_parts(shingles: pl.DataFrame, groups: pl.LazyFrame, parts: int) -> pl.DataFrame:
    """Return the pairs of notes from different groups that have one of `parts` parts in common."""
    part = (pl.col("shingle") % parts).alias("part")
    filled = shingles.lazy().group_by("note", part).agg(total=pl.col("shingle").sum())
    every = (
        shingles.lazy().select(pl.col("note").unique(), part=pl.int_ranges(0, parts, dtype=pl.UInt64)).explode("part")
    )
    held = every.join(filled, on=["note", "part"], how="left").with_columns(pl.col("total").fill_null(0))
    shared = held.filter(pl.struct("part", "total").is_duplicated()).join(groups, on="note")
    return _between(shared.join(shared, on=["part", "total"], suffix="_other")).unique().collect()

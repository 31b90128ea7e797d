"""Pairs of notes that MinHash-LSH (`rensa`) takes for alike: candidates, to be compared exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

_SLOTS = 512
_MISSED_AT_MOST = 1e-6
"""The chance that two notes just as alike as asked for share no band."""

_MOST_ROWS = 16
_NOTES_AT_ONCE = 10_000


def candidate_pairs(shingles: pl.DataFrame, similarity: float, seed: int) -> pl.DataFrame:
    """Return the pairs (`one` before `other`) of `shingles.note_shingles` that may have `similarity`."""
    from rensa import RMinHashLSH

    rows = _rows_per_band(similarity)
    bands = _SLOTS // rows
    sketches, notes = _sketches(shingles, rows * bands, seed)
    flags = RMinHashLSH(similarity, rows * bands, bands).query_duplicate_flags_matrix_one_shot(sketches)
    flagged = notes.filter(pl.Series(flags, dtype=pl.Boolean))
    return _sharing([_bands(shingles, some, rows, bands, seed) for some in _slices(flagged)])


def _rows_per_band(similarity: float) -> int:
    """Return the most rows, hence the fewest candidates, at which next to no pair is missed."""
    fitting = (
        rows for rows in range(_MOST_ROWS, 1, -1) if (1 - similarity**rows) ** (_SLOTS // rows) <= _MISSED_AT_MOST
    )
    return next(fitting, 1)


def _sketches(shingles: pl.DataFrame, slots: int, seed: int) -> tuple[Any, pl.Series]:
    """Return the signatures of the notes, a row each, and the notes."""
    from rensa import RMinHash

    sizes = shingles.group_by("note", maintain_order=True).len()
    ends = sizes["len"].cum_sum().to_numpy().astype(np.uint64)
    offsets = np.concatenate([np.zeros(1, np.uint64), ends])
    hashes = shingles["shingle"].to_numpy()
    return RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, slots, seed), sizes["note"]


def _slices(notes: pl.Series) -> Iterator[pl.Series]:
    return (notes.slice(start, _NOTES_AT_ONCE) for start in range(0, notes.len(), _NOTES_AT_ONCE))


def _bands(shingles: pl.DataFrame, notes: pl.Series, rows: int, bands: int, seed: int) -> pl.DataFrame:
    """Return `note`, `band` and one hash (`held`) for what the band holds."""
    chosen = shingles.filter(pl.col("note").is_in(notes.implode()))
    sketches, notes = _sketches(chosen, rows * bands, seed)
    slots = np.array(sketches.to_rows(), dtype=np.uint64).reshape(-1, bands, rows)
    held = (slots * _POWERS[:rows]).sum(axis=2, dtype=np.uint64)
    band = np.tile(np.arange(bands, dtype=np.uint32), len(slots))
    return pl.DataFrame({"note": np.repeat(notes.to_numpy(), bands), "band": band, "held": held.ravel()})


_POWERS = np.array([pow(0x9E3779B97F4A7C15, power, 2**64) for power in range(1, _MOST_ROWS + 1)], dtype=np.uint64)


def _sharing(bands: list[pl.DataFrame]) -> pl.DataFrame:
    all_bands = pl.concat([_NO_BANDS, *bands]).lazy()
    shared = all_bands.join(all_bands, on=["band", "held"], suffix="_other").filter(
        pl.col("note") < pl.col("note_other")
    )
    return shared.select(one="note", other="note_other").unique().sort("one", "other").collect(engine="streaming")


_NO_BANDS = pl.DataFrame(schema={"note": pl.UInt32, "band": pl.UInt32, "held": pl.UInt64})

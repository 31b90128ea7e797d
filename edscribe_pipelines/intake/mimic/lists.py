"""Rows in the order of the stays, as one list a stay."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

from edscribe_pipelines.intake.mimic.cells import STAY


def listed(ordered: pl.DataFrame, name: str, fields: list[str], stays: int) -> pl.DataFrame:
    """Return `name`: for each of the stays a list of structs of `fields`. Copies no value; `ordered` is by stay."""
    offsets = np.zeros(stays + 1, np.int64)
    np.cumsum(np.bincount(ordered[STAY].to_numpy(), minlength=stays), out=offsets[1:])
    structs = ordered.select(fields).with_columns(pl.col(pl.Categorical).cast(pl.String)).to_struct()
    # Not pa.array, which imports pandas for half a second to ask whether it was given one of its own.
    lists = pa.LargeListArray.from_arrays(pl.Series(offsets).to_arrow(), structs.to_arrow())
    return pl.DataFrame({name: pl.from_arrow(lists)})

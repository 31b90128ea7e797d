"""The rules as data: one CSV a subject, one row a rule, each with source, year and status.

A site can put a file of its own in the place of one of these (`use_site_tables`). What is derived from a table is
remembered with `table_cache`, so that it is derived anew from the site's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import _lru_cache_wrapper, lru_cache
from importlib import resources
from pathlib import Path
from typing import TypeVar

Derived = TypeVar("Derived")

_derived: list[_lru_cache_wrapper[object]] = []
_site: dict[str, Path] = {}


def read_table(name: str, folder: str = __name__) -> list[dict[str, str]]:
    """Return the rows of one of this folder's CSV files, the site's own where it has one, or of another room's
    `tables`; cells are strings."""
    if folder == __name__ and name in _site:
        text = _site[name].read_text(encoding="utf-8")
    else:
        text = resources.files(folder).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def table_cache(derive: Callable[[], Derived]) -> Callable[[], Derived]:
    """Remember what `derive` makes of the tables until a site's own take their place."""
    remembered = lru_cache(maxsize=1)(derive)
    _derived.append(remembered)  # type: ignore[arg-type]
    return remembered


def use_site_tables(files: dict[str, Path]) -> None:
    """Read these files in the place of the tables of those names, and forget what was derived."""
    _site.clear()
    _site.update(files)
    for remembered in _derived:
        remembered.cache_clear()

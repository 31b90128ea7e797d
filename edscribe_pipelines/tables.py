"""Reads rule tables: CSV files in the folder `tables` of a room.

A site can put a file of its own in the place of one of `clinical/tables/` (`use_site_tables`). What is derived from a
table is remembered with `table_cache`, so that it is derived anew from the site's.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from functools import _lru_cache_wrapper, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

CLINICAL = "edscribe_pipelines.clinical.tables"

Derived = TypeVar("Derived")
Remembering = TypeVar("Remembering", bound="_lru_cache_wrapper[Any]")

_derived: list[_lru_cache_wrapper[object]] = []
_site: dict[str, str] = {}


def read_table(name: str, folder: str = CLINICAL) -> list[dict[str, str]]:
    """Return the rows of a clinical table, the site's own where it has one, or of one in another `folder`; cells are
    strings."""
    if folder == CLINICAL and name in _site:
        return _rows(_site[name])
    return _rows(resources.files(folder).joinpath(name).read_text(encoding="utf-8"))


def bundled_names() -> list[str]:
    """Return the names of the clinical tables that a site can replace."""
    return sorted(file.name for file in resources.files(CLINICAL).iterdir() if file.name.endswith(".csv"))


def bundled_columns(name: str) -> tuple[str, ...]:
    """Return the columns of the bundled clinical table, in their order."""
    return tuple(bundled_rows(name)[0])


def bundled_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of the bundled clinical table, whatever a site has in its place."""
    return _rows(resources.files(CLINICAL).joinpath(name).read_text(encoding="utf-8"))


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def table_cache(derive: Callable[[], Derived]) -> Callable[[], Derived]:
    """Remember what `derive` makes of the tables until a site's own take their place."""
    remembered = lru_cache(maxsize=1)(derive)
    _derived.append(remembered)  # type: ignore[arg-type]
    return remembered


def forgotten_with_tables(remembering: Remembering) -> Remembering:
    """Have an `lru_cache` of what was read by the tables forget it when a site's own take their place."""
    _derived.append(remembering)
    return remembering


def use_site_tables(files: dict[str, Path]) -> None:
    """Read these files in the place of the tables of those names, and forget what was derived."""
    _site.clear()
    _site.update({name: path.read_text(encoding="utf-8-sig") for name, path in files.items()})
    for remembered in _derived:
        remembered.cache_clear()


def site_text(path: str) -> str | None:
    """Return the text of the site's own table in the place of the one at `path` inside the package, or None."""
    folder, _, name = path.rpartition("/")
    return _site.get(name) if CLINICAL.endswith("." + folder.replace("/", ".")) else None


def site_version() -> str:
    """Return a hash of the site's own tables, empty where it has none: results that differ by them differ by it."""
    texts = "\x1f".join(f"{name}\x1f{text}" for name, text in sorted(_site.items()))
    return hashlib.sha256(texts.encode()).hexdigest() if _site else ""

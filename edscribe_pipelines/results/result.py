"""A stage's result, what it follows from, and what its manifest says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import orjson
import polars as pl

from edscribe_pipelines.results.catalogue import CATALOGUE
from edscribe_pipelines.results.fingerprint import hash_code


class Manifest(TypedDict):
    """What `current.json` says about a result; counts and names only. `code` is the hash of the code that made it,
    `stored` that of all its files, `content` that of those that later stages are made of."""

    stage: str
    partition: str
    fingerprint: str
    code: str
    content: str
    stored: str
    inputs: dict[str, str]
    settings: dict[str, Any]
    counts: dict[str, Any]
    seconds: float
    files: list[str]


@dataclass(frozen=True)
class Result:
    """A stage's result on disk; `reused` when it stood already."""

    folder: Path
    manifest: Manifest
    reused: bool

    @property
    def counts(self) -> dict[str, Any]:
        return self.manifest["counts"]

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.folder / f"{name}.parquet")


@dataclass(frozen=True)
class Derivation:
    """What a stage's result follows from; its fingerprint decides whether the standing one still counts.

    `inputs` are upstream results, or hashes of outside content.
    """

    stage: str
    partition: str
    inputs: Mapping[str, Result | str]
    settings: Mapping[str, Any]

    def table(self, source: str, name: str) -> Path:
        """Return the Parquet file of an upstream result."""
        result = self.inputs[source]
        assert isinstance(result, Result)
        return result.folder / f"{name}.parquet"

    @property
    def hashes(self) -> dict[str, str]:
        return {name: _content(source) for name, source in self.inputs.items()}

    @property
    def fingerprint(self) -> str:
        return _hash_json([self.stage, code_version(self.stage), self.hashes, dict(self.settings)])


def code_version(stage: str) -> str:
    """Return the hash of the code that makes `stage`."""
    return hash_code(CATALOGUE[stage].roots, CATALOGUE[stage].packages)


def _content(source: Result | str) -> str:
    return source if isinstance(source, str) else source.manifest["content"]


def _hash_json(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()

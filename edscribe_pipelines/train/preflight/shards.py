"""Whether the weights in a folder are all there and whole, read from their headers: none is loaded.

A safetensors file says in its first bytes how long it is (https://huggingface.co/docs/safetensors), so a
download that was cut off is found at once, and so is a Git LFS pointer in place of a file.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import orjson

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
_LENGTH_BYTES = 8
_LONGEST_HEADER = 100 * 2**20
"""safetensors' own limit."""


class Shards(NamedTuple):
    """`problems` has a sentence for each file that cannot be used."""

    files: list[str]
    parameters: int
    problems: list[str]


def find_shards(folder: Path) -> Shards:
    """Return the files that hold the weights in `folder`, and what is wrong with them."""
    try:
        expected = _expected(folder)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return Shards([], 0, [f"{INDEX} is not an index of shards"])
    if not expected:
        return Shards([], 0, [f"neither {INDEX} nor {SINGLE} is there"])
    parameters, problems = 0, []
    for name, tensors in sorted(expected.items()):
        held, problem = _inspect(folder / name, tensors)
        parameters += held
        problems += [f"{name} {problem}"] if problem else []
    return Shards(sorted(expected), parameters, problems)


def _expected(folder: Path) -> dict[str, set[str]]:
    """Return the tensors that each file should hold; of a single file nothing is said."""
    if (folder / INDEX).is_file():
        shards: dict[str, set[str]] = {}
        for tensor, name in orjson.loads((folder / INDEX).read_bytes())["weight_map"].items():
            shards.setdefault(name, set()).add(tensor)
        return shards
    return {SINGLE: set()} if (folder / SINGLE).is_file() else {}


def _inspect(path: Path, tensors: set[str]) -> tuple[int, str]:
    """Return the number of parameters in a file, and what is wrong with it or nothing."""
    if not path.is_file():
        return 0, "is missing"
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
        header = _parse(stream.read(length)) if length <= _LONGEST_HEADER else None
    if header is None:
        return 0, "is no safetensors file, or the beginning of one"
    expected, size = _LENGTH_BYTES + length + _end(header), path.stat().st_size
    if size != expected:
        return 0, f"is {'cut off' if size < expected else 'too long'}: {size:,} of {expected:,} bytes"
    if missing := len(tensors - header.keys()):
        return 0, f"lacks {missing} tensors that the index names"
    return sum(math.prod(tensor["shape"]) for tensor in header.values()), ""


def _parse(header: bytes) -> dict[str, dict[str, list[int]]] | None:
    try:
        tensors = orjson.loads(header)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(tensors, dict):
        return None
    return {name: tensor for name, tensor in tensors.items() if name != "__metadata__"}


def _end(header: dict[str, dict[str, list[int]]]) -> int:
    return max((tensor["data_offsets"][1] for tensor in header.values()), default=0)

"""CRFsuite's models as they ship: compressed by xz, one file each beside the module that asks them."""

from __future__ import annotations

import lzma
from functools import cache
from importlib import resources
from pathlib import Path

import pycrfsuite


@cache
def packed_tagger(package: str, name: str) -> pycrfsuite.Tagger:
    """Return the tagger of `<package>/<name>`, one for the process: what it was set to last is what it tells of."""
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(_unpacked(package, name))
    return tagger


@cache
def _unpacked(package: str, name: str) -> bytes:
    """Return a model's bytes, which its tagger reads in place: they have to outlive it."""
    return lzma.decompress(resources.files(package).joinpath(name).read_bytes())


def pack(model: Path, packed: Path) -> None:
    packed.write_bytes(lzma.compress(model.read_bytes(), preset=9))

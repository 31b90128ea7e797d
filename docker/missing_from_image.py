"""Print the lines of a lock file whose packages this Python does not have, in whatever version.

    python missing_from_image.py requirements.lock > missing.txt

For an image with a torch of its own, which the lock's would replace. Handing pip the image's versions as
constraints would not do: it refuses a lock that names another version of one of them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path


def main(lock: Path) -> None:
    present = {_normalised(distribution.metadata["Name"]) for distribution in distributions()}
    print(*_missing(lock.read_text(encoding="utf-8").splitlines(), present), sep="\n")


def _missing(lines: Iterable[str], present: set[str]) -> list[str]:
    pinned = (line for line in lines if "==" in line and not line.startswith("#"))
    return [line for line in pinned if _normalised(line.split("==")[0]) not in present]


def _normalised(name: str) -> str:
    """Return the name as the index compares names: https://packaging.python.org/specifications/name-normalization"""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

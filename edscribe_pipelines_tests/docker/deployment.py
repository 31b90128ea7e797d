"""The files under test, read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILES = tuple(sorted((ROOT / "docker").glob("*.Dockerfile")))


def read_yaml(path: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def compose() -> dict[str, Any]:
    return read_yaml("docker/compose.yaml")


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """Return each instruction's name and the rest of it, on one line."""
    uncommented = re.sub(r"^#.*\n", "", dockerfile.read_text(encoding="utf-8"), flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", "", uncommented)
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in joined.splitlines() if line]


def arguments(dockerfile: Path, name: str) -> list[str]:
    """Return what stands after each instruction called `name`."""
    return [rest for instruction, rest in instructions(dockerfile) if instruction == name]


def copied(dockerfile: Path) -> list[str]:
    """Return the paths that go into the image."""
    return [source for rest in arguments(dockerfile, "COPY") for source in rest.split()[:-1]]

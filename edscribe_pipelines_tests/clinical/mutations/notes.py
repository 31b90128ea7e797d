"""The clean notes, and what is said in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from edscribe_pipelines.clinical.sections import SECTIONS, heading

_FILE = Path(__file__).with_name("clean_notes.yaml")


@cache
def clean_notes() -> tuple[str, ...]:
    contents = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple("\n\n".join(f"{heading(name)}\n{said[name]}" for name in SECTIONS) for said in contents)

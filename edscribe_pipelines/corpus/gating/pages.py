"""HTML pages of the gate: counts, rules and random ids, never text. They open from a file, without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edscribe_pipelines.files import commit_file


def write_page(target: Path, template: str, **content: Any) -> None:
    """Write a page from `templates/`, every value escaped."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    loaders = [PackageLoader(f"edscribe_pipelines.{room}") for room in ("corpus.gating", "deidentify.checking")]
    pages = Environment(
        loader=ChoiceLoader(loaders), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    with commit_file(target) as staged:
        staged.write_text(pages.get_template(template).render(content), encoding="utf-8")

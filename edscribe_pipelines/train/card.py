"""What goes with an adapter: a model card, the licence of its base, hashes of all its files.

The card is a Hugging Face model card: https://huggingface.co/docs/hub/model-cards. The licences' conditions
were read in the NVIDIA Open Model License Agreement of 24 October 2025 and in the Apache License 2.0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path, PurePath
from typing import Any

import yaml

from edscribe_pipelines.files import write_text
from edscribe_pipelines.train.hashes import write_hashes

_TIERS = {
    "physician": "how physicians write and reason",
    "drafted": "wording of a model that was held to the facts",
    "rendered": "the format and faithful copying of facts, no reasoning",
}
_TERMS = {
    "open": "MIMIC-IV-ED Demo: Open Database License 1.0; say where the data is from.",
    "credentialed": "PhysioNet Credentialed Health Data Use Agreement 1.5.0: no access for anyone else, research only. "
    "What is made from it is shared on PhysioNet alone, under the same agreement (its guideline of 24 April 2024).",
    "institutional": "The hospital's own: it decides who may have the adapter.",
    "synthetic": "Invented patients: no terms.",
}


@dataclass(frozen=True)
class CardFacts:
    """`base_model` and `recipe` may hold paths: of those the card keeps the last part. `cases` is by split,
    `tiers` and `data_use` are by their name, of the training split."""

    adapter: str
    specialty: str
    month: str
    base_model: str
    cases: Mapping[str, int]
    tiers: Mapping[str, int]
    data_use: Mapping[str, int]
    months: Sequence[str]
    data_version: str
    code_version: str
    recipe: Mapping[str, Any]
    trainable_parameters: int
    total_parameters: int
    steps: int
    loss_first: float
    loss_last: float
    loss_best_validation: float | None
    hardware: str
    versions: Mapping[str, str]


def write_card(folder: Path, facts: CardFacts) -> None:
    """Add README.md, LICENSE.txt, NOTICE and SHA256SUMS to an adapter's `folder`: the same for the same facts."""
    facts = replace(facts, base_model=_portable(facts.base_model), recipe=_portable(facts.recipe))
    licence = _licence(facts)
    pages = _pages()
    card = pages.get_template("adapter_card.md.j2").render(
        facts=facts,
        front_matter=_front_matter(facts, licence),
        licence=licence,
        recipe=yaml.safe_dump(facts.recipe, sort_keys=False).strip(),
        terms=_TERMS,
        tiers=_TIERS,
    )
    notice = pages.get_template("licence.txt.j2").render(
        base_model=facts.base_model, licence=licence, conditions=licence["conditions"].split("|")
    )
    write_text(folder / "README.md", card)
    write_text(folder / "LICENSE.txt", notice)
    write_text(folder / "NOTICE", licence["notice"] + "\n")
    write_hashes(folder)


def _licence(facts: CardFacts) -> Mapping[str, str]:
    """Return the base's row of licences.csv; a base that has none must not stop a training that has ended.

    Such a base goes by the licence that the recipe names, if it does.
    """
    text = resources.files("edscribe_pipelines.train").joinpath("licences.csv").read_text(encoding="utf-8")
    rows = {row["base"]: row for row in csv.DictReader(io.StringIO(text))}
    return rows.get(facts.base_model) or {
        "licence": facts.recipe["base"].get("licence", "other"),
        "licence_name": "that of the base model",
        "licence_url": "",
        "notice": f"Derived from {facts.base_model}, under the licence of that model.",
        "conditions": "This project does not know that licence: read it before the adapter is used or passed on.",
    }


def _front_matter(facts: CardFacts, licence: Mapping[str, str]) -> str:
    from huggingface_hub import ModelCardData

    other = licence["licence"] == "other"
    return ModelCardData(
        base_model=facts.base_model,
        language="en",
        library_name="peft",
        license=licence["licence"],
        license_name=licence["licence_name"].lower().replace(" ", "-") if other else None,
        license_link=licence["licence_url"] or None if other else None,
        pipeline_tag="text-generation",
        tags=["lora", "clinical-notes", facts.specialty.replace("_", "-"), *(f"data-{use}" for use in facts.data_use)],
    ).to_yaml()


def _pages() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("edscribe_pipelines.train"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _portable(value: Any) -> Any:
    """Return `value` without this machine's paths, as plain lists, dicts and scalars."""
    if isinstance(value, Mapping):
        return {name: _portable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_portable(inner) for inner in value]
    if isinstance(value, PurePath) or (isinstance(value, str) and value.startswith(("/", "~", "./", "../"))):
        return PurePath(value).name
    return value

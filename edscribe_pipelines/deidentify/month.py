"""A month's notes without PHI: the canaries before, the rows of a chunk, the report and the audit after."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.deidentify.audit import vault_key
from edscribe_pipelines.deidentify.checking.canaries import check_canaries
from edscribe_pipelines.deidentify.checking.report import RunCounts, RunReport, write_report
from edscribe_pipelines.deidentify.encounters import deidentify_encounters, detections_in
from edscribe_pipelines.deidentify.finding.engine import read_recognizers
from edscribe_pipelines.deidentify.k_anonymity import k_anonymity_summary, k_anonymity_table
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.deidentify.replacing.replacement import Method, Replacement, Wording
from edscribe_pipelines.deidentify.review.decisions import UNDECIDED, read_decisions
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.settings import Settings

_PLANTED = "canaries.json"


def plant_canaries(encounters: Path, settings: Settings, folder: Path) -> None:
    """Have the remover find canaries, also among the month's own notes, and write the counts to `folder`.

    Raises CorpusInvariant naming the categories of those that survived.
    """
    notes = pl.read_parquet(encounters, columns=["note"])["note"].drop_nulls()
    report = check_canaries(remover_of(settings), settings.seed, notes.to_list())
    survived = {name: report.survivors.count(name) for name in report.planted_by_category}
    write_json(folder / _PLANTED, {"planted": report.planted_by_category, "survived": survived})
    if report.survivors:
        raise CorpusInvariant(f"canaries survived de-identification: {', '.join(sorted(set(report.survivors)))}")


def deidentify_rows(frame: pl.DataFrame, settings: Settings, folder: Path) -> dict[str, int]:
    """Write the encounters of `frame` without PHI, and what was removed of them, to `folder`; return counts."""
    key = vault_key(settings.phi_store)
    # What takes the place of PHI has a secret that follows from the vault's key and is none of its bytes.
    secret = hmac.digest(key, b"replacement", hashlib.sha256)
    replacement = Replacement(Method(settings.deid_method), Wording(settings.deid_wording), secret)
    decisions = read_decisions(settings.decisions) if settings.decisions.is_file() else UNDECIDED
    rows, audit = deidentify_encounters(frame, key, replacement, partial(remover_of, settings), decisions)
    rows.write_parquet(folder / "encounters.parquet")
    audit.write_parquet(folder / "audit.parquet")
    stored = pl.read_parquet(folder / "encounters.parquet")
    released = stored.filter(pl.col("phi_gate") == "pass")
    return {
        "notes": stored["note_origin"].count(),
        "stopped_by_gate": stored.height - released.height,
        "detections_in_released": detections_in(released, frame),
    }


def release(before: Path, detections: int, settings: Settings, folder: Path) -> dict[str, Any]:
    """Write the run's report beside the month's rows in `folder` and return its counts.

    `before` holds the canaries; `detections` are those of the gate in the rows as they were stored.
    """
    report = _report(before, detections, settings, folder)
    return {
        "phi_spans_removed": sum(report["detections"].values()),
        "with_stand_ins": report["with_stand_ins"],
        "canaries_planted": sum(report["canaries_planted"].values()),
        "canaries_survived": sum(report["canaries_survived"].values()),
        "leakage_upper_bound_95": round(report["leakage_upper_bound_95"], 6),
    }


def store_audit(encounters: Path, folder: Path) -> dict[str, int]:
    """Write how many patients share what is told of them to `folder` and return counts."""
    rows = pl.read_parquet(encounters)
    k_anonymity_table(rows).write_parquet(folder / "k_anonymity.parquet")
    small = k_anonymity_summary(rows)
    return {"k": small["k"], "groups": small["groups"], "small_groups": small["small_groups"]}


def remover_of(settings: Settings) -> Remover:
    """Return the remover that a month's notes meet: with a site's recognizers, and with the models or without.

    Where several processes share the work, the models of each take their part of the processor and no more: threads
    that wait for one another cost many times what they bring.
    """
    if settings.deid_learned and settings.workers > 1:
        from edscribe_pipelines.deidentify.adapted_minilm import share_processor

        share_processor(settings.workers)
    recognizers = read_recognizers(settings.recognizers) if settings.recognizers else ()
    return Remover(recognizers, is_learned=settings.deid_learned)


def _report(before: Path, detections: int, settings: Settings, folder: Path) -> RunReport:
    columns = ["phi_spans_removed", "phi_gate", "phi_gate_rules", "stand_ins"]
    rows = pl.read_parquet(folder / "encounters.parquet", columns=columns)
    removed = rows.explode("phi_spans_removed")["phi_spans_removed"].drop_nulls().struct.unnest()
    hits = rows["phi_gate_rules"].explode().drop_nulls().value_counts()
    canaries = read_json(before / _PLANTED)
    counts: RunCounts = {
        "method": Method(settings.deid_method).label,
        "encounters": rows.height,
        "quarantined": rows.filter(pl.col("phi_gate") == "fail").height,
        "detections": dict(removed.group_by("type").sum().sort("type").iter_rows()) if removed.height else {},
        "gate_hits": dict(hits.sort("phi_gate_rules").iter_rows()),
        "with_stand_ins": rows.filter(pl.col("stand_ins").list.len() > 0).height,
        "detections_in_released": detections,
        "canaries_planted": canaries["planted"],
        "canaries_survived": canaries["survived"],
    }
    return write_report(counts, folder)

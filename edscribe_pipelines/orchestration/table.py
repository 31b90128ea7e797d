"""The summary of a run as a table for people at a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_SHOWN_METRICS = (
    "completeness",
    "complete_notes",
    "documented_fraction",
    "guardrail_compliant",
    "rouge_l",
    "rouge_lsum",
    "bertscore",
)


def print_summary(summary: dict[str, Any], store: Path) -> None:
    console = Console(highlight=False)
    table = Table(title=f"edscribe {summary['month']}", show_header=False)
    table.add_row("stays", str(summary["stays"]))
    table.add_row("gated cases", str(summary["gated_cases"]))
    table.add_row("quarantined", _counted(summary["quarantined"], summary["quarantine_reasons"]))
    table.add_row("tiers", _pairs(summary["tiers"]))
    for split, held in summary["splits"].items():
        table.add_row(split, f"{held['cases']} cases of {held['patients']} patients")
    table.add_row("near-duplicates left out", str(summary["duplicates"]))
    table.add_row("gold set", f"{summary['gold_cases']} cases")
    table.add_row("FHIR resources", str(sum(summary["fhir_resources"].values())))
    for name, specialty in summary["specialties"].items():
        _add_specialty(table, name, specialty)
    console.print(table)
    console.print(f"summary: {store / 'summary.json'}")
    console.print(f"kept out: {store / summary['quarantine_page']}")
    for specialty in summary["specialties"].values():
        console.print(f"report:  {store / specialty['report']}")


def _add_specialty(table: Table, name: str, specialty: dict[str, Any]) -> None:
    training = specialty["training"]
    table.add_section()
    targets = ", ".join(sorted({target.rsplit(".", 1)[-1] for target in training["targets"]}))
    table.add_row(name, f"LoRA on {targets}: {training['trainable_parameters']:,} trainable parameters")
    for metric in _SHOWN_METRICS:
        adapter, base = (specialty["metrics"][system].get(metric) for system in ("adapter", "base"))
        if adapter is not None and base is not None:
            table.add_row(metric, f"{adapter:.3f} (base {base:.3f})")
    table.add_row("champion", specialty["champion"]["reasons"])


def _counted(total: int, reasons: dict[str, int]) -> str:
    return f"{total} ({_pairs(reasons)})" if reasons else str(total)


def _pairs(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())

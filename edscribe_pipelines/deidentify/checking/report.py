"""What a run of de-identification did, as JSON and as a page: counts only, no text and nobody's id."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from edscribe_pipelines.deidentify.checking.claim import leakage_statement, upper_bound
from edscribe_pipelines.deidentify.tables import FOLDER
from edscribe_pipelines.files import commit_file, write_json
from edscribe_pipelines.tables import read_table

LIMITS = (
    "The bound is about identifiers like the planted ones. What leaks from a site's own notes is measured by two "
    "annotators on a sample of them.",
    "The gate knows the values that a record names and the shapes of structured identifiers. A name that no record "
    "holds and no rule finds passes it.",
)


class RunCounts(TypedDict):
    """`detections` counts spans removed by type, `gate_hits` the encounters that each rule of the gate stopped,
    `with_stand_ins` the released encounters in which an invented value stands for a real one."""

    method: str
    encounters: int
    quarantined: int
    detections: dict[str, int]
    gate_hits: dict[str, int]
    with_stand_ins: int
    detections_in_released: int
    canaries_planted: dict[str, int]
    canaries_survived: dict[str, int]


class RunReport(RunCounts):
    released: int
    leakage_upper_bound_95: float
    statement: str


def write_report(counts: RunCounts, folder: Path) -> RunReport:
    """Write `deidentification.json` and `deidentification.html` to `folder` and return what they say."""
    report = run_report(counts)
    write_json(folder / "deidentification.json", report)
    with commit_file(folder / "deidentification.html") as staged:
        staged.write_text(_page(report), encoding="utf-8")
    return report


def run_report(counts: RunCounts) -> RunReport:
    planted, survived = sum(counts["canaries_planted"].values()), sum(counts["canaries_survived"].values())
    released = counts["encounters"] - counts["quarantined"]
    return {
        **counts,
        "released": released,
        "leakage_upper_bound_95": upper_bound(survived, planted),
        "statement": leakage_statement(released, counts["detections_in_released"], survived, planted),
    }


def _page(report: RunReport) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = FileSystemLoader(Path(__file__).with_name("templates"))
    pages = Environment(
        loader=templates, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    known = {row["type"]: row["category"] for row in read_table("phi_types.csv", FOLDER)}
    categories = list(dict.fromkeys(known.values()))
    of_a_site = dict.fromkeys(sorted(report["detections"].keys() - known), known["OTHER_ID"])
    passed = report["detections_in_released"] == 0 and not any(report["canaries_survived"].values())
    return pages.get_template("deidentification.html.j2").render(
        report=report,
        passed=passed,
        types=[(name, category) for name, category in (known | of_a_site).items() if name in report["detections"]],
        categories=categories,
        limits=LIMITS,
    )

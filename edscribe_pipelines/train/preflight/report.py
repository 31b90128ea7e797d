"""What a preflight has found, as rows, as a table and as one error."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import commit_file, write_json
from edscribe_pipelines.train.preflight.check import Check, Verdict
from edscribe_pipelines.train.preflight.histogram import draw_lengths
from edscribe_pipelines.train.preflight.lengths import LENGTHS

REPORT, PICTURE = "preflight.json", "lengths.png"


@dataclass(frozen=True)
class PreflightReport:
    """The checks in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def refusals(self) -> list[Check]:
        return self.of("refused")

    def of(self, verdict: Verdict) -> list[Check]:
        return [check for check in self.checks if check.verdict == verdict]

    def figures(self, name: str) -> dict[str, Any]:
        """Return the figures of the check called `name`."""
        return next(check.figures for check in self.checks if check.name == name)

    def as_rows(self) -> list[dict[str, Any]]:
        return [asdict(check) for check in self.checks]

    def as_markdown(self) -> str:
        """Return a table of verdicts, messages and remedies."""
        rows = [
            f"| {check.verdict.replace('_', ' ')} | {check.name} | {_cell(f'{check.message}. {check.remedy}')} |"
            for check in self.checks
        ]
        return "\n".join(["| verdict | check | found |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|").replace("\n", " ")


def write_report(folder: Path, report: PreflightReport) -> None:
    """Write preflight.json and the picture of the lengths into `folder`."""
    write_json(folder / REPORT, report.as_rows())
    figures = report.figures(LENGTHS)
    with commit_file(folder / PICTURE) as staged:
        staged.write_bytes(draw_lengths(figures["splits"], figures["sequence_length"]))


def refuse(where: str, refusals: list[Check]) -> None:
    """Raise BadInput with all of `refusals`, a line for each; nothing where there are none."""
    if refusals:
        lines = "".join(f"\n- {check.name}: {check.message}. {check.remedy}" for check in refusals)
        raise BadInput(where, f"the training would fail, so none was started{lines}".rstrip(". "))

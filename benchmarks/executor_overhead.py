"""What it costs to run a step in a worker of its own: seconds from the run's request to the first line of user
code, and from its last line to the run's end.

Run from the repository root: `python benchmarks/executor_overhead.py`. A job of one step that is tagged
`edscribe/accelerator: h100` runs under this project's executor, placed on this machine, and under Dagster's
multiprocess_executor, in turn. The step's process imports all that Dagster loads of this project, as a training's
does. Request: Dagster's own time stamp of the event after which the executor looks for steps to start.
"""

from __future__ import annotations

import os
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from dagster import (
    DagsterEventType,
    DagsterInstance,
    JobDefinition,
    build_reconstructable_job,
    execute_job,
    job,
    multiprocess_executor,
    op,
)

import edscribe_pipelines.definitions  # noqa: F401  what a step's process loads
from edscribe_pipelines.orchestration.executor.accelerator import accelerator_executor

REPEATS = 5
BAR_SECONDS = 12
RESULTS = Path(__file__).parent / "results" / "executor_overhead.jsonl"

Figures = dict[str, float]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        placements = Path(folder) / "placements.yaml"
        placements.write_text("h100: {place: local}\n", encoding="utf-8")
        rounds = [{name: _measure(Path(folder), name) for name in ("edscribe", "multiprocess")} for _ in range(REPEATS)]
    _report({name: _medians([each[name] for each in rounds]) for name in rounds[0]})


def _measure(folder: Path, name: str) -> Figures:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    again = build_reconstructable_job(
        "executor_overhead",
        "build_job",
        reconstructor_working_directory=str(Path(__file__).parent),
        reconstructable_kwargs={"name": name, "folder": str(folder)},
    )
    with DagsterInstance.from_config(str(home)) as instance, execute_job(again, instance) as result:
        assert result.success
        records = instance.get_records_for_run(result.run_id, of_type={DagsterEventType.RUN_START}).records
        finished = instance.get_run_record_by_id(result.run_id)
    assert finished is not None
    assert finished.end_time is not None
    entered, left = orjson.loads((folder / f"{name}.json").read_bytes())
    there, back = entered - records[0].event_log_entry.timestamp, finished.end_time - left
    return {"there": there, "back": back, "overhead": there + back}


def build_job(name: str, folder: str) -> JobDefinition:
    """Return the job in the process of the run and in that of the step."""
    here = Path(folder)
    executors: dict[str, Any] = {
        "edscribe": accelerator_executor(here / "placements.yaml", workers=1),
        "multiprocess": multiprocess_executor.configured({"max_concurrent": 1}),
    }

    @op(tags={"edscribe/accelerator": "h100"})
    def routed() -> None:
        entered = time.time()
        (here / f"{name}.json").write_bytes(orjson.dumps([entered, time.time()]))

    @job(name=name, executor_def=executors[name])
    def measured() -> None:
        routed()

    return measured


def _medians(runs: list[Figures]) -> Figures:
    return {name: round(median(run[name] for run in runs), 2) for name in runs[0]}


def _report(figures: dict[str, Figures]) -> None:
    ours, peer = figures["edscribe"], figures["multiprocess"]
    result = {
        "date": date.today().isoformat(),
        "repeats": REPEATS,
        **figures,
        "ratio_to_multiprocess": round(ours["overhead"] / peer["overhead"], 2),
        "versions": {"dagster": version("dagster")},
        "machine_cores": os.cpu_count(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    for name, seconds in figures.items():
        print(
            f"{name}: {seconds['there']:.1f} s there, {seconds['back']:.1f} s back, {seconds['overhead']:.1f} s in all"
        )
    print(f"ratio to multiprocess_executor: {result['ratio_to_multiprocess']}; bar: under {BAR_SECONDS} s")
    assert ours["overhead"] < BAR_SECONDS


if __name__ == "__main__":
    main()

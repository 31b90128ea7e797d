"""The corpus job and then the specialty jobs of one month, in this process: `edscribe run`."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dagster import DagsterInstance, Definitions

import edscribe_pipelines
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import write_json
from edscribe_pipelines.orchestration.jobs import CHAINED_BY_CALLER
from edscribe_pipelines.orchestration.partitions import MONTH_FORMAT, MONTHS, month_and_specialty
from edscribe_pipelines.orchestration.stages import Stages
from edscribe_pipelines.orchestration.summary import summarise_month
from edscribe_pipelines.settings import Settings

_BRIEF: dict[str, Any] = {"loggers": {"brief": {}}}


def this_month() -> str:
    return datetime.now(UTC).strftime(MONTH_FORMAT)


def run_month(definitions: Definitions, settings: Settings, month: str) -> dict[str, Any]:
    """Run both jobs for `month` and return the summary, which also stands in `<store>/summary.json`.

    The runs are recorded in the Dagster instance, where the UI shows them. Raises BadInput where there is
    no such month, and what a stage raised where one failed.
    """
    if month not in MONTHS.get_partition_keys():
        raise BadInput(
            "--month",
            "not a month with a partition",
            remedy=f"Name one from {MONTHS.get_first_partition_key()} on, YYYY-MM.",
        )
    with open_instance(settings) as instance:
        _run(definitions, instance, "corpus", month)
        for specialty in settings.specialties:
            _run(definitions, instance, "specialty", month_and_specialty(month, specialty))
    summary = summarise_month(Stages(settings), settings, month)
    write_json(settings.store / "summary.json", summary)
    return summary


def _run(definitions: Definitions, instance: DagsterInstance, job: str, partition: str) -> None:
    definitions.resolve_job_def(job).execute_in_process(
        instance=instance, partition_key=partition, run_config=_BRIEF, tags=CHAINED_BY_CALLER
    )


def open_instance(settings: Settings) -> DagsterInstance:
    """Return the Dagster instance at DAGSTER_HOME, by default `.dagster` beside the store.

    A home without a dagster.yaml gets this project's, where there is one to copy.
    """
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    home = Path(os.environ.get("DAGSTER_HOME") or settings.store.absolute().parent / ".dagster")
    home.mkdir(parents=True, exist_ok=True)
    template = Path(edscribe_pipelines.__file__).parents[1] / "dagster.yaml"
    if template.is_file() and not (home / "dagster.yaml").exists():
        shutil.copyfile(template, home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home)
    return DagsterInstance.get()

"""The corpus job and then the specialty jobs of one month, in this process: `edscribe run`."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dagster import (
    DagsterEvent,
    DagsterInstance,
    Definitions,
    build_reconstructable_job,
    execute_job,
)

import edscribe_pipelines
from edscribe_pipelines.errors import BadInput, CorpusInvariant, EdscribeError, StageFailed
from edscribe_pipelines.files import write_json
from edscribe_pipelines.orchestration.jobs import CHAINED_BY_CALLER
from edscribe_pipelines.orchestration.partitions import MONTH_FORMAT, MONTHS, month_and_specialty
from edscribe_pipelines.orchestration.summary import summarise_month
from edscribe_pipelines.results.store import Stages
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
        run = _run if settings.workers == 1 else _run_spread
        run(settings, definitions, instance, "corpus", month)
        for specialty in settings.specialties:
            run(settings, definitions, instance, "specialty", month_and_specialty(month, specialty))
    summary = summarise_month(Stages(settings), settings, month)
    write_json(settings.store / "summary.json", summary)
    return summary


def _run(settings: Settings, definitions: Definitions, instance: DagsterInstance, job: str, partition: str) -> None:
    definitions.resolve_job_def(job).execute_in_process(
        instance=instance, partition_key=partition, run_config=_BRIEF, tags=CHAINED_BY_CALLER
    )


def _run_spread(
    settings: Settings, definitions: Definitions, instance: DagsterInstance, job: str, partition: str
) -> None:
    """Run a job whose steps have processes of their own, which build the same definitions anew."""
    partitions = definitions.resolve_job_def(job).partitions_def
    assert partitions is not None
    again = build_reconstructable_job(
        "edscribe_pipelines.definitions",
        "rebuild_job",
        reconstructable_kwargs={"job": job, "settings": _to_json(settings)},
    )
    tags = {**CHAINED_BY_CALLER, **partitions.get_tags_for_partition_key(partition)}
    with execute_job(again, instance=instance, run_config=_BRIEF, tags=tags) as result:
        failures = [event for event in result.all_events if event.is_step_failure]
    if failures:
        raise _as_raised(failures[0])


def _to_json(settings: Settings) -> str:
    """A key stays in the environment, which child processes inherit: Dagster stores a job's arguments."""
    return settings.model_dump_json(exclude={"nim_api_key", "fhir_token"})


def _as_raised(failure: DagsterEvent) -> EdscribeError:
    """Return what a step's process raised; ours by its own class, so that bad input is still called that."""
    error = failure.step_failure_data.error
    if error is None:
        return StageFailed(f"{failure.step_key} failed")
    cause = error.cause or error
    ours: dict[str | None, type[EdscribeError]] = {kind.__name__: kind for kind in (BadInput, CorpusInvariant)}
    raised = ours.get(cause.cls_name, StageFailed)
    again = raised.__new__(raised)
    again.args = (cause.message.strip().partition(": ")[2],)
    return again


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

"""What starts by itself: training after a corpus, and a corpus after new feedback."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
from dagster import (
    DagsterRunStatus,
    DefaultSensorStatus,
    RunRequest,
    RunStatusSensorContext,
    RunStatusSensorDefinition,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    run_status_sensor,
    sensor,
)

from edscribe_pipelines.orchestration.jobs import CHAINED_BY_CALLER, CORPUS, SPECIALTY
from edscribe_pipelines.orchestration.partitions import MONTH_FORMAT, month_and_specialty
from edscribe_pipelines.settings import Settings


def training_after_corpus(settings: Settings) -> RunStatusSensorDefinition:
    """Start the specialty job of each active specialty when a corpus run has succeeded.

    Not after a run of a backfill, which would train every month of it: backfill the specialty job for that.
    """

    @run_status_sensor(
        run_status=DagsterRunStatus.SUCCESS,
        monitored_jobs=[CORPUS],
        request_job=SPECIALTY,
        default_status=DefaultSensorStatus.RUNNING,
        name="training_after_corpus",
    )
    def start(context: RunStatusSensorContext) -> Iterator[RunRequest]:
        run = context.dagster_run
        if CHAINED_BY_CALLER.items() <= run.tags.items() or "dagster/backfill" in run.tags:
            return
        for specialty in settings.specialties:
            partition = month_and_specialty(run.tags["dagster/partition"], specialty)
            yield RunRequest(run_key=f"{run.run_id}:{specialty}", partition_key=partition)

    return start


def corpus_after_feedback(settings: Settings) -> SensorDefinition:
    """Start the corpus job of the current month when feedback has arrived."""

    @sensor(job=CORPUS, minimum_interval_seconds=60, name="corpus_after_feedback")
    def start(context: SensorEvaluationContext) -> SensorResult:
        seen = set(orjson.loads(context.cursor or "[]"))
        present = {_content_hash(path) for path in sorted(settings.feedback_inbox.glob("*.jsonl"))}
        requests = []
        if present - seen:
            batch = hashlib.sha256("".join(sorted(present)).encode()).hexdigest()[:16]
            month = datetime.now(UTC).strftime(MONTH_FORMAT)
            requests.append(RunRequest(run_key=f"feedback:{batch}", partition_key=month))
        return SensorResult(run_requests=requests, cursor=orjson.dumps(sorted(seen | present)).decode())

    return start


def _content_hash(path: Path) -> str:
    """File names of feedback may name people, so the cursor holds hashes of whole files."""
    return hashlib.sha256(path.read_bytes()).hexdigest()

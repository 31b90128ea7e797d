"""The monthly retrain."""

from __future__ import annotations

from datetime import timedelta

from dagster import RunRequest, ScheduleEvaluationContext, schedule

from edscribe_pipelines.orchestration.jobs import CORPUS
from edscribe_pipelines.orchestration.partitions import MONTH_FORMAT


@schedule(job=CORPUS, cron_schedule="0 4 3 * *", execution_timezone="UTC")
def monthly_retrain(context: ScheduleEvaluationContext) -> RunRequest:
    """On the third of each month, build the corpus of the month before; training follows by sensor."""
    first_of_month = context.scheduled_execution_time.replace(day=1)
    month = (first_of_month - timedelta(days=1)).strftime(MONTH_FORMAT)
    return RunRequest(partition_key=month)

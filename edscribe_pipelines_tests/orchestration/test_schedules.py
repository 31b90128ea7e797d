from datetime import UTC, datetime

import pytest
from dagster import build_schedule_context

from edscribe_pipelines.definitions import build_defs
from edscribe_pipelines.orchestration.schedules import monthly_retrain
from edscribe_pipelines.settings import Settings


@pytest.mark.parametrize(
    ("on", "month"),
    [
        (datetime(2026, 12, 3, 4, tzinfo=UTC), "2026-11"),
        (datetime(2027, 1, 3, 4, tzinfo=UTC), "2026-12"),
        (datetime(2027, 3, 3, 4, tzinfo=UTC), "2027-02"),
    ],
)
def test_retrain_takes_the_month_that_is_over(on, month):
    repository = build_defs(Settings()).get_repository_def()
    with build_schedule_context(scheduled_execution_time=on, repository_def=repository) as context:
        (request,) = monthly_retrain.evaluate_tick(context).run_requests
    assert request.partition_key == month
    assert request.tags["dagster/partition"] == month


def test_retrain_is_due_on_the_third_of_each_month():
    ticks = monthly_retrain.execution_timezone, monthly_retrain.cron_schedule
    assert ticks == ("UTC", "0 4 3 * *")
    assert monthly_retrain.job_name == "corpus"

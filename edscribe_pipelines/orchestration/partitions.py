"""Months of arrival, and months by specialty."""

from __future__ import annotations

from dagster import (
    BackfillPolicy,
    MonthlyPartitionsDefinition,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
)

from edscribe_pipelines.clinical.specialties import specialty_names

MONTH_FORMAT = "%Y-%m"
MONTHS = MonthlyPartitionsDefinition(start_date="2026-01", fmt=MONTH_FORMAT, end_offset=1)
"""`end_offset=1` gives the month that is not over yet a partition too."""

SPECIALTIES = StaticPartitionsDefinition(specialty_names())
MONTHS_BY_SPECIALTY = MultiPartitionsDefinition({"month": MONTHS, "specialty": SPECIALTIES})
ONE_AT_A_TIME = BackfillPolicy.multi_run(max_partitions_per_run=1)
"""Each adapter of a backfill has a run of its own, so that one that fails costs no other."""


def month_and_specialty(month: str, specialty: str) -> MultiPartitionKey:
    return MultiPartitionKey({"month": month, "specialty": specialty})


def split_partition(partition: str) -> tuple[str, str]:
    """Return month and specialty of what `month_and_specialty` made."""
    assert isinstance(partition, MultiPartitionKey)
    return partition.keys_by_dimension["month"], partition.keys_by_dimension["specialty"]

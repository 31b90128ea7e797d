"""The two jobs. One run cannot span months and months by specialty, so the second follows the first."""

from __future__ import annotations

from dagster import AssetSelection, define_asset_job

from edscribe_pipelines.orchestration.partitions import MONTHS, MONTHS_BY_SPECIALTY
from edscribe_pipelines.results.catalogue import stages_of

CORPUS = define_asset_job(
    "corpus",
    AssetSelection.assets(*stages_of("month")),
    partitions_def=MONTHS,
    description="What arrived in a month becomes a gated corpus, its splits and FHIR resources.",
)

SPECIALTY = define_asset_job(
    "specialty",
    AssetSelection.assets(*stages_of("month and specialty")),
    partitions_def=MONTHS_BY_SPECIALTY,
    description="A month's splits become a specialty's adapter, its evaluation and perhaps the champion.",
)

CHAINED_BY_CALLER = {"edscribe/chained": "by_caller"}
"""Tags of a corpus run whose caller starts the specialty runs itself."""

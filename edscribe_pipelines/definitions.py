"""All that Dagster loads."""

from __future__ import annotations

from dagster import Definitions, ExecutorDefinition, JobDefinition, in_process_executor, load_assets_from_modules

import edscribe_pipelines.corpus.assets
import edscribe_pipelines.corpus.gating.assets
import edscribe_pipelines.corpus.splitting.assets
import edscribe_pipelines.deidentify.assets
import edscribe_pipelines.evaluate.assets
import edscribe_pipelines.fhir.assets
import edscribe_pipelines.fhir.delivery.assets
import edscribe_pipelines.intake.assets
import edscribe_pipelines.train.assets
import edscribe_pipelines.train.preflight.assets
from edscribe_pipelines.clinical.register.site_tables import load_site_tables
from edscribe_pipelines.orchestration.console import brief_console
from edscribe_pipelines.orchestration.executor.accelerator import accelerator_executor
from edscribe_pipelines.orchestration.jobs import CORPUS, SPECIALTY
from edscribe_pipelines.orchestration.schedules import monthly_retrain
from edscribe_pipelines.orchestration.sensors import corpus_after_feedback, training_after_corpus
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings


def build_defs(settings: Settings) -> Definitions:
    """Return the assets, jobs, schedule and sensors for `settings`.

    With one worker and no placements, steps run one after another in the run's own process; NeMo has a process of
    its own all the same. Otherwise each step has a worker of its own, where its placement says, and the chunks of
    a stage run beside each other.
    """
    load_site_tables(settings.rules)
    rooms = [
        edscribe_pipelines.intake.assets,
        edscribe_pipelines.deidentify.assets,
        edscribe_pipelines.corpus.assets,
        edscribe_pipelines.corpus.gating.assets,
        edscribe_pipelines.corpus.splitting.assets,
        edscribe_pipelines.train.preflight.assets,
        edscribe_pipelines.train.assets,
        edscribe_pipelines.evaluate.assets,
        edscribe_pipelines.fhir.assets,
        edscribe_pipelines.fhir.delivery.assets,
    ]
    return Definitions(
        assets=load_assets_from_modules(rooms),
        jobs=[CORPUS, SPECIALTY],
        schedules=[monthly_retrain],
        sensors=[training_after_corpus(settings), corpus_after_feedback(settings)],
        resources={"settings": settings, "stages": Stages(settings)},
        executor=_executor(settings),
        loggers={"brief": brief_console},
    )


def rebuild_job(job: str, settings: str) -> JobDefinition:
    """Return the job in the process of a step; `settings` are JSON."""
    return build_defs(Settings.model_validate_json(settings)).resolve_job_def(job)


def _executor(settings: Settings) -> ExecutorDefinition:
    if settings.in_one_process:
        return in_process_executor
    return accelerator_executor(settings.placements, settings.workers)


defs = build_defs(Settings())

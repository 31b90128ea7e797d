"""What the commands of `edscribe fhir` do: settings to a target, a month to its standing export, results to counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.month import Delivery, deliver, replay, what_would_go
from edscribe_pipelines.fhir.delivery.preflight import Finding, run_preflight
from edscribe_pipelines.fhir.delivery.signing import take_step
from edscribe_pipelines.fhir.delivery.target import SETTING, Target, target_of
from edscribe_pipelines.fhir.delivery.withdrawing import By, withdraw
from edscribe_pipelines.fhir.life_cycle import Action
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

_EXPORT = "fhir_export"


def check_target() -> tuple[Finding, ...]:
    """Return what the target says of itself. Raises BadInput where the settings name none."""
    settings = Settings()
    return run_preflight(_target(settings), settings).findings


def send_months(month: str | None, dry_run: bool) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield (month, counts) of each delivery: of one month, or of all that were exported.

    Raises BadInput where the settings name no target, or the month has no export.
    """
    settings = Settings()
    target, stages = _target(settings), Stages(settings)
    months = stages.partitions(_EXPORT) if month is None else [month]
    if not set(months) <= set(stages.partitions(_EXPORT)) or not months:
        raise BadInput("--month", "no such month was exported", remedy="Materialise fhir_export first.")
    for each in months:
        export = _export(stages, each)
        if dry_run:
            yield each, what_would_go(export, each, settings, target)
        else:
            yield each, _counts(deliver(export, each, settings, target))


def replay_dead_letters() -> dict[str, dict[str, int]]:
    """Return the counts of each month of which something was sent again."""
    settings = Settings()
    target, stages = _target(settings), Stages(settings)
    replayed = replay(lambda month: _export(stages, month), settings, target)
    return {month: _counts(delivery) for month, delivery in replayed.items()}


def withdraw_from_target(**asked: str | None) -> dict[str, int]:
    """Return how many resources of each type a recall has deleted; `asked` is one of patient, export and adapter.

    Raises BadInput where it is none or several.
    """
    settings = Settings()
    by: dict[By, str] = {"patient": "", "export": "", "adapter": ""}
    given = {name: asked[name] for name in by if asked.get(name)}
    if len(given) != 1:
        raise BadInput("edscribe fhir withdraw", "not one of --patient, --export and --adapter", remedy="Give one.")
    ((name, key),) = given.items()
    assert key is not None
    return withdraw(name, key, settings, _target(settings))


def step_on_target(action: Action, stay: str, signer: str, text: str | None = None) -> dict[str, str | None]:
    """Return the versions that a signature, an amendment or a retraction made, by reference."""
    settings = Settings()
    return take_step(action, stay, signer, settings, _target(settings), text)


def _target(settings: Settings) -> Target:
    if (target := target_of(settings)) is None:
        raise BadInput(SETTING, "not set", remedy="A folder, https://host/fhir, or projects/…/fhirStores/S.")
    return target


def _export(stages: Stages, month: str) -> Path:
    return stages.verified(stages.get(_EXPORT, month)).folder


def _counts(delivery: Delivery) -> dict[str, int]:
    figures = delivery.figures()
    by_type: dict[str, int] = figures.pop("by_type")
    return {name: count for name, count in figures.items() if isinstance(count, int)} | by_type

"""A training cancelled in the UI: its processes end, and the next training gets the accelerator's slot."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from edscribe_pipelines.intake.sample import write_sample
from edscribe_pipelines_tests.e2e.dagster_dev import REPOSITORY, dagster_dev
from edscribe_pipelines_tests.e2e.workplace import RECIPE, Workplace
from edscribe_pipelines_tests.orchestration.executor.runs import is_gone, wait_until

MONTH, SPECIALTY = "2026-03", "emergency_medicine"
PARTITION = {
    "dagster/partition": f"{MONTH}|{SPECIALTY}",
    "dagster/partition/month": MONTH,
    "dagster/partition/specialty": SPECIALTY,
}
STEP, TRAINING = "edscribe_pipelines.orchestration.executor.step_worker", "edscribe_pipelines.train.worker"
MORE_STEPS_THAN_ANYBODY_WAITS_FOR = 1_000_000


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A corpus, a recipe that never ends, and trainings placed in processes of this machine."""
    folder = tmp_path_factory.mktemp("cancel")
    placements = folder / "placements.yaml"
    placements.write_text("h100: {place: local}\n", encoding="utf-8")
    place = Workplace(folder, more={"EDSCRIBE_PLACEMENTS": str(placements)})
    write_sample(folder / "in", patients=12)
    endless = RECIPE.lora.model_copy(update={"steps": MORE_STEPS_THAN_ANYBODY_WAITS_FOR})
    place.recipe.write_text(yaml.safe_dump(RECIPE.model_copy(update={"lora": endless}).model_dump()), encoding="utf-8")
    assert place.run_corpus(MONTH).success
    return place


@pytest.fixture(scope="module")
def dagster(place):
    with dagster_dev(place) as running:
        yield running


def trainings_of(place: Workplace) -> list[int]:
    """Return the processes that train in the stores of `place`."""
    return [
        process for process in running() if TRAINING in command_of(process) and str(place.store) in command_of(process)
    ]


def running() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def command_of(process: int) -> str:
    """Return the command line; that of a process which has just ended is empty."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    return ""


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def slots_taken(dagster) -> int:
    asked = '{ instance { concurrencyLimit(concurrencyKey: "accelerator") { activeSlotCount } } }'
    return dagster.ask(asked)["instance"]["concurrencyLimit"]["activeSlotCount"]


def has_logged(dagster, run_id: str, message: str) -> bool:
    events = dagster.ask(
        "query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events {"
        " ... on MessageEvent { message } } } } }",
        id=run_id,
    )["logsForRun"]["events"]
    return any(message in event.get("message", "") for event in events)


def test_cancelled_training_is_gone_in_ten_seconds_and_its_slot_is_free_soon_after(dagster, place):
    run_id = dagster.launch("specialty", PARTITION)
    wait_until(lambda: has_logged(dagster, run_id, "lora_checkpoint: lora begins"), 120)
    (training,) = trainings_of(place)
    worker = parent_of(training)
    assert STEP in command_of(worker)
    assert slots_taken(dagster) == 1

    asked = dagster.ask("mutation($id: String!) { terminateRun(runId: $id) { __typename } }", id=run_id)
    assert asked["terminateRun"]["__typename"] == "TerminateRunSuccess"
    wait_until(lambda: is_gone(training) and is_gone(worker), 10)
    assert dagster.wait_for_run(run_id, seconds=30) == "CANCELED"

    configured = yaml.safe_load((REPOSITORY / "dagster.yaml").read_text(encoding="utf-8"))["run_monitoring"]
    wait_until(lambda: slots_taken(dagster) == 0, configured["free_slots_after_run_end_seconds"] + 10)
    assert trainings_of(place) == []

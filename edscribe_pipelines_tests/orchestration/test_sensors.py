"""The sensors on real runs of a real, ephemeral instance. The runs are of one asset, which is quick."""

from __future__ import annotations

import orjson
import pytest
from dagster import AssetKey, DagsterInstance, build_run_status_sensor_context, build_sensor_context

from edscribe_pipelines.definitions import build_defs
from edscribe_pipelines.orchestration.jobs import CHAINED_BY_CALLER
from edscribe_pipelines.orchestration.launch import this_month
from edscribe_pipelines.orchestration.sensors import corpus_after_feedback, training_after_corpus
from edscribe_pipelines.settings import Settings

MONTH = "2026-03"


@pytest.fixture
def settings(tmp_path):
    return Settings(
        store=tmp_path / "store", phi_store=tmp_path / "phi", specialties=("emergency_medicine",), inputs_complete=True
    )


def requested_after_corpus(settings, tags):
    definitions = build_defs(settings)
    sensor = training_after_corpus(settings)
    with DagsterInstance.ephemeral() as instance:
        run = definitions.resolve_job_def("corpus").execute_in_process(
            instance=instance, partition_key=MONTH, tags=tags, asset_selection=[AssetKey("raw_mimic")]
        )
        with build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_instance=instance,
            dagster_run=run.dagster_run,
            dagster_event=run.get_run_success_event(),
        ) as context:
            return run.run_id, list(sensor(context))


def test_corpus_run_is_followed_by_training_of_each_specialty(settings):
    run_id, (request,) = requested_after_corpus(settings, {})
    assert request.partition_key.keys_by_dimension == {"month": MONTH, "specialty": "emergency_medicine"}
    assert request.run_key == f"{run_id}:emergency_medicine"


def test_corpus_run_whose_caller_trains_is_followed_by_nothing(settings):
    assert requested_after_corpus(settings, CHAINED_BY_CALLER)[1] == []


def test_corpus_run_of_a_backfill_is_followed_by_nothing(settings):
    assert requested_after_corpus(settings, {"dagster/backfill": "abcd"})[1] == []


def test_without_specialties_nothing_is_trained(settings):
    assert requested_after_corpus(settings.model_copy(update={"specialties": ()}), {})[1] == []


def test_training_follows_the_corpus_job_alone(settings):
    sensor = training_after_corpus(settings)
    assert sensor.job_name == "specialty"
    assert sensor.default_status.value == "RUNNING"


def ticked(settings, cursor=None):
    """Return what the sensor requests, and its cursor afterwards."""
    definitions = build_defs(settings)
    with (
        DagsterInstance.ephemeral() as instance,
        build_sensor_context(instance=instance, cursor=cursor, definitions=definitions) as context,
    ):
        result = corpus_after_feedback(settings).evaluate_tick(context)
    return result.run_requests, result.cursor


def hand_in(settings, name, feedback_id):
    settings.feedback_inbox.mkdir(parents=True, exist_ok=True)
    line = {"feedback_id": feedback_id, "encounter_id": "e-1", "rating": 4}
    (settings.feedback_inbox / name).write_bytes(orjson.dumps(line))


def test_new_feedback_file_makes_one_corpus_run_of_this_month(settings):
    hand_in(settings, "delmiquist.jsonl", "f-1")
    (request,), _ = ticked(settings)
    assert request.partition_key == this_month()
    assert corpus_after_feedback(settings).job_name == "corpus"


def test_no_feedback_makes_no_run(settings):
    assert ticked(settings)[0] == []


def test_feedback_seen_before_a_restart_makes_no_further_run(settings):
    hand_in(settings, "delmiquist.jsonl", "f-1")
    _, cursor = ticked(settings)
    assert ticked(settings, cursor) == ([], cursor)


def test_further_and_changed_files_make_a_run_of_their_own(settings):
    hand_in(settings, "delmiquist.jsonl", "f-1")
    first, cursor = ticked(settings)
    hand_in(settings, "brindequist.jsonl", "f-2")
    second, cursor = ticked(settings, cursor)
    hand_in(settings, "brindequist.jsonl", "f-3")
    third, _ = ticked(settings, cursor)
    keys = [request.run_key for requests in (first, second, third) for request in requests]
    assert len(keys) == len(set(keys)) == 3


def test_file_names_are_in_no_cursor_and_no_run_key(settings):
    hand_in(settings, "delmiquist.jsonl", "f-1")
    (request,), cursor = ticked(settings)
    kept = f"{cursor} {request.run_key} {request.tags}"
    assert "delmiquist" not in kept
    assert "f-1" not in kept

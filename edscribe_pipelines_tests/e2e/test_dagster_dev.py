"""`dagster dev` as `make ui` starts it, used as its UI does: over GraphQL."""

from __future__ import annotations

import pytest

from edscribe_pipelines.corpus.gating.expectations import WARNINGS
from edscribe_pipelines.intake.sample import write_sample
from edscribe_pipelines.orchestration.jobs import CHAINED_BY_CALLER
from edscribe_pipelines.results.catalogue import stages_of
from edscribe_pipelines_tests.e2e.dagster_dev import dagster_dev
from edscribe_pipelines_tests.e2e.workplace import Workplace

MONTH, SPECIALTY = "2026-02", "emergency_medicine"
LATER_MONTHS = ["2026-03", "2026-04"]
CORPUS, TRAINED = list(stages_of("month")), list(stages_of("month and specialty"))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = Workplace(tmp_path_factory.mktemp("dev"))
    write_sample(place.folder / "in", patients=16)
    return place


@pytest.fixture(scope="module")
def dagster(place):
    with dagster_dev(place) as running:
        yield running


@pytest.fixture(scope="module")
def corpus_run(dagster):
    run_id = dagster.launch("corpus", {"dagster/partition": MONTH, **CHAINED_BY_CALLER})
    return run_id, dagster.wait_for_run(run_id, seconds=240)


def materialised(dagster, asset, partition):
    events = dagster.ask(
        "query($key: AssetKeyInput!, $partitions: [String!]) { assetOrError(assetKey: $key) { ... on Asset {"
        " assetMaterializations(partitions: $partitions) { runId } } } }",
        key={"path": [asset]},
        partitions=[partition],
    )
    return [event["runId"] for event in events["assetOrError"]["assetMaterializations"]]


def test_asset_graph_shows_every_asset_of_the_pipeline(dagster):
    nodes = dagster.ask("{ assetNodes { assetKey { path } isPartitioned description } }")["assetNodes"]
    assert sorted(node["assetKey"]["path"][-1] for node in nodes) == sorted(CORPUS + TRAINED)
    assert all(node["isPartitioned"] and node["description"] for node in nodes)


def test_jobs_schedule_and_sensors_are_listed(dagster):
    (repository,) = dagster.ask(
        "{ repositoriesOrError { ... on RepositoryConnection { nodes { jobs { name }"
        " schedules { name cronSchedule } sensors { name sensorState { status } } } } } }"
    )["repositoriesOrError"]["nodes"]
    assert {job["name"] for job in repository["jobs"]} >= {"corpus", "specialty"}
    assert repository["schedules"] == [{"name": "monthly_retrain", "cronSchedule": "0 4 3 * *"}]
    states = {sensor["name"]: sensor["sensorState"]["status"] for sensor in repository["sensors"]}
    assert states["training_after_corpus"] == "RUNNING"
    assert "corpus_after_feedback" in states


def test_corpus_run_materialises_every_asset_of_its_month(dagster, corpus_run):
    run_id, status = corpus_run
    assert status == "SUCCESS"
    assert {asset: materialised(dagster, asset, MONTH) for asset in CORPUS} == {asset: [run_id] for asset in CORPUS}


def test_checks_of_the_corpus_run_passed(dagster, corpus_run):
    found = {}
    for asset in ("deidentified_notes", "gated_corpus", "splits", "gold_set"):
        checks = dagster.ask(
            "query($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {"
            " assetChecksOrError { ... on AssetChecks { checks {"
            " name executionForLatestMaterialization { runId status } } } } } } }",
            key={"path": [asset]},
        )["assetNodeOrError"]["assetChecksOrError"]["checks"]
        found |= {check["name"]: check["executionForLatestMaterialization"] for check in checks}
    passed = {"runId": corpus_run[0], "status": "SUCCEEDED"}
    names = ("no_canary_survives", "great_expectations", *WARNINGS, "no_leakage", "never_trained_on")
    assert found.pop("ten_thousand_cases") == {"runId": corpus_run[0], "status": "FAILED"}, "the sample is small"
    assert found == dict.fromkeys(names, passed)


def test_specialty_run_trains_and_evaluates_an_adapter(dagster, place, corpus_run):
    key = f"{MONTH}|{SPECIALTY}"
    tags = {"dagster/partition": key, "dagster/partition/month": MONTH, "dagster/partition/specialty": SPECIALTY}
    run_id = dagster.launch("specialty", tags)
    assert dagster.wait_for_run(run_id, seconds=360) == "SUCCESS"
    assert {asset: materialised(dagster, asset, key) for asset in TRAINED} == {asset: [run_id] for asset in TRAINED}
    assert [run["runId"] for run in dagster.runs() if run["jobName"] == "specialty"] == [run_id]
    assert (place.stages().get("eval_report", key).folder / "report.html").is_file()


def test_backfill_of_two_months_is_two_successful_runs(dagster, place, corpus_run):
    runs = dagster.wait_for_backfill(dagster.launch_backfill(CORPUS, LATER_MONTHS), seconds=420)
    assert [run["status"] for run in runs] == ["SUCCESS", "SUCCESS"]
    for month in LATER_MONTHS:
        assert all(len(materialised(dagster, asset, month)) == 1 for asset in CORPUS)
        assert place.stages().get("encounters", month).counts["encounters"] == 0
    splits = [place.stages().get("splits", month).counts for month in (MONTH, *LATER_MONTHS)]
    assert splits[0]["cases"] > 0
    assert splits == [splits[0]] * 3

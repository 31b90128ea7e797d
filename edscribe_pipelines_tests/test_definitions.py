"""What Dagster loads, and that its own command finds it sound."""

from __future__ import annotations

import subprocess
from pathlib import Path

from edscribe_pipelines.definitions import build_defs
from edscribe_pipelines.orchestration.partitions import MONTHS, MONTHS_BY_SPECIALTY
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.e2e.workplace import COMMANDS, Workplace

REPOSITORY = Path(__file__).parents[1]
ACCELERATED = {"lora_checkpoint", "generated_notes"}


def test_dagster_finds_the_workspace_valid(tmp_path):
    place = Workplace(tmp_path)
    place.dagster_home.mkdir()
    command = [str(COMMANDS / "dagster"), "definitions", "validate", "-w", "workspace.yaml"]
    found = subprocess.run(
        command, cwd=REPOSITORY, env=place.environment(), capture_output=True, text=True, timeout=180
    )
    assert found.returncode == 0, found.stderr
    assert "Validation successful for code location edscribe_pipelines" in found.stdout + found.stderr
    assert not place.store.exists()
    assert not place.phi_store.exists()


def test_assets_of_a_month_and_of_its_specialties_are_in_a_job_of_their_own():
    definitions = build_defs(Settings())
    for job, partitions in (("corpus", MONTHS), ("specialty", MONTHS_BY_SPECIALTY)):
        layer = definitions.resolve_job_def(job).asset_layer
        keys = layer.executable_asset_keys
        assert {definitions.resolve_asset_graph().get(key).partitions_def for key in keys} == {partitions}
    everything = definitions.resolve_asset_graph().executable_asset_keys
    in_jobs = [
        key
        for job in ("corpus", "specialty")
        for key in definitions.resolve_job_def(job).asset_layer.executable_asset_keys
    ]
    assert sorted(in_jobs) == sorted(everything)


def test_steps_that_need_the_accelerator_share_its_pool_and_say_so():
    graph = build_defs(Settings()).resolve_asset_graph()
    for key in graph.executable_asset_keys:
        node = graph.get(key)
        tagged = node.assets_def.node_def.tags.get("edscribe/accelerator") == "h100"
        assert (tagged, node.pools == {"accelerator"}) == (key.to_user_string() in ACCELERATED,) * 2

import json
import logging

import polars as pl
import pytest
import yaml
from dagster import DagsterInstance, materialize

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.orchestration.partitions import month_and_specialty
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.preflight.assets import training_preflight
from edscribe_pipelines_tests.train.invented import TINY, invented_cases
from edscribe_pipelines_tests.train.preflight.invented import ROOMY

MONTH, SPECIALTY = "2026-01", "emergency_medicine"


@pytest.fixture
def instance():
    return DagsterInstance.ephemeral()


@pytest.fixture
def start(tmp_path, instance):
    """Materialise the preflight of one month's cases with a recipe."""

    def started(recipe, cases=None, **changes):
        (tmp_path / "mine.yaml").write_text(yaml.safe_dump(recipe.model_dump()))
        settings = Settings(
            store=tmp_path / "store", phi_store=tmp_path / "phi", recipe=str(tmp_path / "mine.yaml"), **changes
        )
        stages = Stages(settings)
        rows = invented_cases() if cases is None else cases

        def build(folder):
            rows.write_parquet(folder / "cases.parquet")
            return {"cases": rows.height}

        stages.run("splits", MONTH, build, inputs={}, outside={"rows": str(rows.hash_rows().sum())})
        return materialize(
            [training_preflight],
            partition_key=month_and_specialty(MONTH, SPECIALTY),
            resources={"stages": stages, "settings": settings},
            instance=instance,
        )

    return started


def shown(result):
    [event] = result.get_asset_materialization_events()
    return event.materialization.metadata


def test_preflight_that_passes_shows_its_checks_and_the_lengths(start, pretrained):
    metadata = shown(start(ROOMY, base_model=pretrained))
    assert "| passed | base weights |" in metadata["checks"].value
    assert metadata["lengths"].value.startswith("![Tokens per case](data:image/png;base64,")


def test_everything_that_is_wrong_is_in_the_one_error(start, tmp_path):
    cases = invented_cases().filter(pl.col("split") != "validation")
    with pytest.raises(BadInput) as raised:
        start(ROOMY, cases, base_model=tmp_path / "elsewhere")
    assert "no case in the validation split" in str(raised.value)
    assert "elsewhere is no folder" in str(raised.value)
    assert not list((tmp_path / "store" / "training_preflight").rglob("preflight.json"))


def test_preflight_is_not_made_again_while_nothing_changed(start, pretrained):
    assert [shown(start(TINY, base_model=pretrained))["reused"].value for _ in range(2)] == [False, True]


def test_what_is_doubtful_is_a_warning_in_the_log_each_time(start, pretrained, instance):
    for _ in range(2):
        run_id = start(TINY, base_model=pretrained).run_id
        logged = [entry.user_message for entry in instance.all_logs(run_id) if entry.level == logging.WARNING]
        assert [message for message in logged if "1 of 11 train cases" in message]


def test_base_that_changed_is_looked_at_again(start, pretrained):
    start(ROOMY, base_model=pretrained)
    (pretrained / "model.safetensors").write_bytes(b"")
    with pytest.raises(BadInput, match="no safetensors file"):
        start(ROOMY, base_model=pretrained)


def test_disk_that_filled_since_is_refused_although_all_else_is_unchanged(start, pretrained, tmp_path):
    start(TINY, base_model=pretrained)
    [stored] = (tmp_path / "store" / "training_preflight").rglob("preflight.json")
    rows = json.loads(stored.read_text())
    [disk] = [row for row in rows if row["name"] == "disk for checkpoints"]
    disk["figures"]["needed_bytes"] = 10**18  # as much more than is free as a disk that filled would lack
    stored.write_text(json.dumps(rows))
    with pytest.raises(BadInput, match="disk for checkpoints"):
        start(TINY, base_model=pretrained)


def test_preflight_takes_no_accelerator():
    assert "edscribe/accelerator" not in training_preflight.op.tags
    assert training_preflight.op.pool is None

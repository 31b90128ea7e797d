"""What a step prints arrives in the bucket that `docker/gcs_compute_logs.yaml` names, here the emulator's."""

from pathlib import Path

import dagster
import pytest
from google.cloud import storage

from edscribe_pipelines_tests.fhir.servers.gcs import running_bucket

REPOSITORY = Path(__file__).parents[2]


@dagster.op
def says_something() -> None:
    print("invented line of a step")


@dagster.job
def talking() -> None:
    says_something()


def test_output_of_a_step_is_in_the_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = (REPOSITORY / name for name in ("dagster.yaml", "docker/gcs_compute_logs.yaml"))
    (tmp_path / "dagster.yaml").write_text("\n".join(path.read_text("utf-8") for path in written), "utf-8")
    monkeypatch.setenv("EDSCRIBE_COMPUTE_LOGS_BUCKET", "logs")
    with running_bucket("logs"), dagster.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert talking.execute_in_process(instance=instance).success
        blobs = list(storage.Client().list_blobs("logs", prefix="edscribe/"))
        assert any(b"invented line of a step" in blob.download_as_bytes() for blob in blobs)

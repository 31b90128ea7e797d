"""Where the packages of npm are installed, as benchmarks do."""

from __future__ import annotations

import httpx2
import pytest

from edscribe_pipelines_tests.fhir.servers.clients import client_of, put, statuses
from edscribe_pipelines_tests.fhir.servers.environment import tools_folder
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade
from edscribe_pipelines_tests.fhir.servers.medplum import running_medplum

pytestmark = pytest.mark.skipif(
    not (tools_folder() / "medplum" / "node_modules").is_dir(), reason="no benchmark has installed medplum"
)


def test_facade_counts_what_medplum_writes() -> None:
    with running_medplum() as base, Facade(base) as facade, client_of(facade) as client:
        assert statuses(client.post(facade.fhir, json=put("w1", "w2", kind="transaction"))) == ["200", "200"]
        assert httpx2.get(f"{base}/Patient/w2").json()["id"] == "w2"
    assert facade.written == {"Patient/w1": 1, "Patient/w2": 1}

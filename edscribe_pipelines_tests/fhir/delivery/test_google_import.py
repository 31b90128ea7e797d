import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.fhir.delivery.ledger import FILE
from edscribe_pipelines.fhir.delivery.month import replay
from edscribe_pipelines.fhir.delivery.target import target_of
from edscribe_pipelines_tests.fhir.delivery.exports import (
    google_settings,
    hashes_of,
    held_by,
    invented,
    settings_for,
    write_export,
)
from edscribe_pipelines_tests.fhir.delivery.test_month import send
from edscribe_pipelines_tests.fhir.servers.gcs import running_bucket
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    with running_bucket("staged") as found:
        yield found


def test_import_is_followed_to_its_end_and_leaves_nothing_in_the_bucket(
    sekmet: str, bucket: Any, tmp_path: Path
) -> None:
    export = write_export(tmp_path / "export", invented("import", 6))
    with Facade(sekmet, Faults(import_polls=2)) as facade:
        settings = google_settings(tmp_path / "store", facade, f"{facade.store} via gs://{bucket.name}/fhir")
        first = send(export, settings)
        expected = hashes_of(export)
        assert (first.sent.done, first.is_whole) == (len(expected), True)
        assert held_by(sekmet, list(expected)) == expected
        assert list(bucket.list_blobs()) == []
        asked = [path for method, path, _ in facade.requests if path.endswith(":import")]
        assert send(export, settings).sent.done == 0
        assert [path for method, path, _ in facade.requests if path.endswith(":import")] == asked
        by_bundles = google_settings(tmp_path / "store", facade)
        assert send(export, by_bundles).sent.done == 0


def test_import_that_fails_in_part_names_what_failed_and_is_replayed(sekmet: str, bucket: Any, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("partly", 4))
    bad = "Encounter/e-partly-2"
    with Facade(sekmet, Faults(refused={bad: 422})) as facade:
        settings = google_settings(tmp_path / "store", facade, fhir_staging=f"gs://{bucket.name}")
        first = send(export, settings)
        expected = hashes_of(export)
        assert (first.sent.refused, first.sent.done, first.is_whole) == (1, len(expected) - 1, False)
        assert first.counts["dangling"] > 0
        (letters,) = (tmp_path / "store" / "fhir_dead_letters").iterdir()
        (letter,) = map(json.loads, letters.read_text().splitlines())
        assert (letter["resources"], "planned" in json.dumps(letter["outcome"])) == ([bad], True)
        facade.faults = Faults()
        target = target_of(settings)
        assert target is not None
        assert replay(lambda month: export, settings, target)["2026-03"].is_whole
    assert held_by(sekmet, list(expected)) == expected


def test_import_that_a_killed_run_began_is_followed_and_not_begun_again(
    sekmet: str, bucket: Any, tmp_path: Path
) -> None:
    export = write_export(tmp_path / "export", invented("resumed", 3))
    with Facade(sekmet) as facade:
        settings = google_settings(tmp_path / "store", facade, fhir_staging=f"gs://{bucket.name}")
        facade.faults = Faults(import_error=True)
        with pytest.raises(StageFailed, match="code 5"):
            send(export, settings)
        facade.faults = Faults()
        send(export, settings)
        with sqlite3.connect(tmp_path / "store" / FILE) as connection:
            connection.execute("UPDATE resources SET state = 'sending'")
            begun = (target_of(settings).name, "2026-03", f"gs://{bucket.name}/2026-03-x/*.ndjson")
            operation = facade.store.rpartition("/fhirStores")[0] + "/operations/2"
            connection.execute("INSERT INTO imports VALUES (?, ?, ?, ?)", (*begun, operation))
        imports = sum(path.endswith(":import") for _, path, _ in facade.requests)
        assert send(export, settings).sent.done == 0
        assert sum(path.endswith(":import") for _, path, _ in facade.requests) == imports == 2
    expected = hashes_of(export)
    assert held_by(sekmet, list(expected)) == expected


def test_token_that_expires_is_fetched_anew(sekmet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = write_export(tmp_path / "export", invented("token", 12))
    with Facade(sekmet, Faults(token_requests=4)) as facade:
        account = write_service_account(tmp_path / "account.json", f"{facade.url}/token")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
        settings = settings_for(tmp_path / "store", facade.store, fhir_root=facade.url, fhir_concurrency=1)
        assert send(export, settings).is_whole
        assert sum(path == "/token" for _, path, _ in facade.requests) > 2
        assert 401 in {status for _, _, status in facade.requests}


def write_service_account(path: Path, token_uri: str) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    account = {"type": "service_account", "client_email": "a@p.example", "project_id": "p", "private_key_id": "1"}
    path.write_text(json.dumps(account | {"private_key": pem.decode(), "token_uri": token_uri}))
    return path

"""What a store of Google refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from edscribe_pipelines_tests.fhir.servers.bundles import Limits
from edscribe_pipelines_tests.fhir.servers.clients import client_of, observation, patient, put, statuses
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults


def test_transaction_with_a_refused_entry_fails_as_a_whole(sekmet: str) -> None:
    with Facade(sekmet, Faults(refused={"Patient/t2": 422})) as facade, client_of(facade) as client:
        answer = client.post(facade.fhir, json=put("t1", "t2", kind="transaction"))
        assert (answer.status_code, answer.json()["resourceType"]) == (422, "OperationOutcome")
        assert client.get("/Patient/t1").status_code == 404
        facade.faults = Faults()
        assert statuses(client.post(facade.fhir, json=put("t1", "t2", kind="transaction"))) == ["201", "201"]
        assert client.post(facade.fhir, json=put("t1", "t1", kind="transaction")).status_code == 400


def test_update_creates_nothing_where_the_store_does_not_allow_it(sekmet: str) -> None:
    with Facade(sekmet, update_create=False) as facade, client_of(facade) as client:
        assert client.put("/Patient/absent", json=patient("absent")).status_code == 405
        assert statuses(client.post(facade.fhir, json=put("absent"))) == ["405"]
    assert not facade.written


def with_observation(name: str, kind: str) -> dict[str, Any]:
    """Return a bundle of a new Patient and an Observation of it."""
    bundle = put(name, kind=kind)
    request = {"method": "PUT", "url": f"Observation/{name}"}
    bundle["entry"].append({"resource": observation(name, f"Patient/{name}"), "request": request})
    return bundle


def test_broken_reference_is_refused_unless_the_transaction_mends_it(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client:
        assert statuses(client.post(facade.fhir, json=with_observation("i1", "batch"))) == ["201", "422"]
        assert client.put("/Observation/i3", json=observation("i3", "Patient/nobody")).status_code == 422
        assert statuses(client.post(facade.fhir, json=with_observation("i2", "transaction"))) == ["201", "201"]
        assert client.delete("/Patient/i2").status_code == 409
        assert client.delete("/Observation/i2").status_code == 200
        assert client.delete("/Patient/i2").status_code == 200
    with Facade(sekmet, referential_integrity=False) as facade, client_of(facade) as client:
        assert client.put("/Observation/i3", json=observation("i3", "Patient/nobody")).status_code == 201


@pytest.mark.parametrize(
    ("limits", "status"),
    [(Limits(bundle_entries=2), 400), (Limits(bundle_bytes=200), 413), (Limits(resource_bytes=20), 413)],
)
def test_what_is_over_a_limit_is_refused(sekmet: str, limits: Limits, status: int) -> None:
    with Facade(sekmet, limits=limits) as facade, client_of(facade) as client:
        assert client.post(facade.fhir, json=put("l1", "l2", "l3", kind="transaction")).status_code == status
    assert not facade.written


def test_what_google_documents_as_required_is_required(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client:
        assert client.put("/Patient/x", json=patient("y")).status_code == 400
        as_json = {"Content-Type": "application/json"}
        assert client.put("/Patient/x", json=patient("x"), headers=as_json).status_code == 415
        assert client.get("/Patient", params={"_summary": "count"}).status_code == 400
        assert client.put("/Patient/x", content=b"{").status_code == 400
        entry = {"resource": patient("x"), "request": {"method": "PUT"}}
        assert client.post(facade.fhir, json={**put(), "entry": [entry]}).status_code == 400


def test_transactions_that_write_the_same_resource_at_once_are_noted(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client, ThreadPoolExecutor(2) as pool:
        bundles = [put("shared", *(f"{own}{number}" for number in range(200)), kind="transaction") for own in "ab"]
        list(pool.map(lambda bundle: client.post(facade.fhir, json=bundle), bundles))
        assert facade.contended == ["Patient/shared"]
        client.post(facade.fhir, json=bundles[0])
    assert facade.contended == ["Patient/shared"]

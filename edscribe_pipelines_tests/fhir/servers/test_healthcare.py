from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from edscribe_pipelines_tests.fhir.servers.bundles import Limits
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults
from edscribe_pipelines_tests.fhir.servers.sekmet import running_sekmet

FHIR_JSON = "application/fhir+json"


@pytest.fixture(scope="module")
def sekmet() -> Iterator[str]:
    with running_sekmet() as base:
        yield base


def client_of(facade: Facade) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {facade.token}", "Content-Type": FHIR_JSON}
    return httpx2.Client(base_url=facade.fhir, headers=headers, timeout=60)


def patient(name: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name}


def put(*names: str, kind: str = "batch") -> dict[str, Any]:
    entries = [{"resource": patient(name), "request": {"method": "PUT", "url": f"Patient/{name}"}} for name in names]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def statuses(answer: httpx2.Response) -> list[str]:
    return [entry["response"]["status"][:3] for entry in answer.json()["entry"]]


def test_resource_is_written_read_searched_and_deleted_under_addresses_of_the_facade(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client:
        written = client.put("/Patient/one", json=patient("one"))
        assert (written.status_code, written.headers["location"]) == (201, f"{facade.fhir}/Patient/one/_history/1")
        assert client.get("/Patient/one").json()["id"] == "one"
        found = client.get("/Patient", params={"_id": "one"}).json()
        assert [entry["fullUrl"] for entry in found["entry"]] == [f"{facade.fhir}/Patient/one"]
        assert client.delete("/Patient/one").status_code == 200
        assert client.get("/Patient/one").status_code == 410
        assert client.get("/metadata").json()["fhirVersion"] == "4.0.1"
    assert (facade.written, facade.deleted) == ({"Patient/one": 1}, {"Patient/one": 1})


def test_request_without_a_valid_token_is_unauthenticated_and_reaches_nothing(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client:
        for authorization in ("", "Bearer other"):
            answer = client.put("/Patient/two", json=patient("two"), headers={"Authorization": authorization})
            assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
        facade.expire_token()
        assert client.get("/metadata").status_code == 401
    assert not facade.written


def test_failed_entries_stand_inside_an_answer_of_200_and_are_not_executed(sekmet: str) -> None:
    faults = Faults(refused={"Patient/b1": 422}, entry_rates={429: 0.5})
    names = [f"b{number}" for number in range(40)]
    with Facade(sekmet, faults) as facade, client_of(facade) as client:
        answer = client.post(facade.fhir, json=put(*names))
        first = statuses(answer)
        again = statuses(client.post(facade.fhir, json=put(*names)))
    assert answer.status_code == 200
    assert (len(first), first[1] in ("422", "429")) == (40, True)
    assert 5 < first.count("429") < 35
    assert first != again
    assert facade.written.total() == (first + again).count("201") + (first + again).count("200")
    assert "Patient/b1" not in facade.written


def test_transaction_with_a_refused_entry_fails_as_a_whole(sekmet: str) -> None:
    with Facade(sekmet, Faults(refused={"Patient/t2": 422})) as facade, client_of(facade) as client:
        answer = client.post(facade.fhir, json=put("t1", "t2", kind="transaction"))
        assert (answer.status_code, answer.json()["resourceType"]) == (422, "OperationOutcome")
        assert client.get("/Patient/t1").status_code == 404
        facade.faults = Faults()
        assert statuses(client.post(facade.fhir, json=put("t1", "t2", kind="transaction"))) == ["201", "201"]
        assert client.post(facade.fhir, json=put("t1", "t1", kind="transaction")).status_code == 400


def test_script_of_faults_is_met_in_its_order(sekmet: str) -> None:
    script = ["429", "503", "500", "cut_before", "cut_after"]
    with Facade(sekmet, Faults(script=script, retry_after_s=7)) as facade, client_of(facade) as client:
        answers = [client.put("/Patient/s", json=patient("s")) for _ in range(3)]
        assert [(answer.status_code, answer.headers.get("retry-after")) for answer in answers] == [
            (429, "7"),
            (503, "7"),
            (500, None),
        ]
        with pytest.raises(httpx2.TransportError):
            client.put("/Patient/s", json=patient("s"))
        assert not facade.written
        with pytest.raises(httpx2.TransportError):
            client.put("/Patient/s", json=patient("s"))
        assert facade.written == {"Patient/s": 1}
        assert client.put("/Patient/s", json=patient("s")).status_code == 200
    assert [status for _, _, status in facade.requests] == [429, 503, 500, 0, 0, 200]


def test_update_creates_nothing_where_the_store_does_not_allow_it(sekmet: str) -> None:
    with Facade(sekmet, update_create=False) as facade, client_of(facade) as client:
        assert client.put("/Patient/absent", json=patient("absent")).status_code == 405
        assert statuses(client.post(facade.fhir, json=put("absent"))) == ["405"]
    assert not facade.written


@pytest.mark.parametrize(
    ("limits", "status"),
    [(Limits(bundle_entries=2), 400), (Limits(bundle_bytes=200), 413), (Limits(resource_bytes=20), 413)],
)
def test_what_is_over_a_limit_is_refused(sekmet: str, limits: Limits, status: int) -> None:
    with Facade(sekmet, limits=limits) as facade, client_of(facade) as client:
        assert client.post(facade.fhir, json=put("l1", "l2", "l3", kind="transaction")).status_code == status
    assert not facade.written

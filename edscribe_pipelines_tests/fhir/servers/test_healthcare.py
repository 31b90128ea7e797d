from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from google.auth.transport.requests import AuthorizedSession

from edscribe_pipelines_tests.fhir.servers.bundles import Limits
from edscribe_pipelines_tests.fhir.servers.clients import client_of, observation, patient, put, statuses
from edscribe_pipelines_tests.fhir.servers.discovery import NotInSchema, conforming, methods
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults

SERVED = {
    "GET store": "fhirStores.get",
    "GET store/fhir/metadata": "fhirStores.fhir.capabilities",
    "POST store/fhir": "fhirStores.fhir.executeBundle",
    "POST store/fhir/Patient": "fhirStores.fhir.create",
    "PUT store/fhir/Patient/served": "fhirStores.fhir.update",
    "GET store/fhir/Patient/served": "fhirStores.fhir.read",
    "GET store/fhir/Patient/served/_history": "fhirStores.fhir.history",
    "GET store/fhir/Patient/served/_history/1": "fhirStores.fhir.vread",
    "POST store/fhir/Patient/_search": "fhirStores.fhir.search-type",
    "DELETE store/fhir/Patient/served": "fhirStores.fhir.delete",
}
"""Published methods by an example of a request, in an order in which each succeeds. The import has tests of its own."""


@pytest.mark.parametrize("example", [*SERVED, "POST store:import", "GET dataset/operations/1"])
def test_path_and_method_are_published(example: str) -> None:
    served = {**SERVED, "POST store:import": "fhirStores.import", "GET dataset/operations/1": "operations.get"}
    method = methods()[f"healthcare.projects.locations.datasets.{served[example]}"]
    verb, _, path = example.partition(" ")
    full = "v1/" + path.replace("store", Facade.store, 1).replace(
        "dataset/", Facade.store.partition("fhirStores")[0], 1
    )
    template = re.sub(r"\\{\w+\\}", "[^/:]+", re.escape(method["flatPath"]))
    assert (verb, bool(re.fullmatch(template, full))) == (method["httpMethod"], True)


def test_every_published_method_that_is_served_succeeds(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client:
        for example in SERVED:
            verb, _, path = example.partition(" ")
            body = put("served") if path.endswith("fhir") else patient("served")
            sent = {} if verb in ("GET", "DELETE") or path.endswith("_search") else {"json": body}
            answer = client.request(verb, f"{facade.url}/v1/{path.replace('store', facade.store, 1)}", **sent)
            assert answer.status_code in (200, 201), example
        assert client.get(f"{facade.url}/v1/{facade.store}/dicomWeb/studies").status_code == 404
        assert client.get(f"{facade.url}/v1/projects/other/locations/l/datasets/d/fhirStores/s").status_code == 404


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"version": "R6"}, r"FhirStore\.version is none of its enum"),
        ({"retention": 1}, r"Unknown name FhirStore\.retention"),
        ({"enableUpdateCreate": "true"}, r"FhirStore\.enableUpdateCreate is no boolean"),
        ({"notificationConfigs": [{"topic": "t"}]}, r"Unknown name FhirStore\.notificationConfigs\[\]\.topic"),
    ],
)
def test_body_that_is_not_as_published_is_found(body: dict[str, Any], fault: str) -> None:
    with pytest.raises(NotInSchema, match=fault):
        conforming("FhirStore", body)


def test_failure_of_the_facade_itself_is_raised_when_its_block_ends() -> None:
    facade = Facade("http://127.0.0.1:1/fhir").__enter__()
    with client_of(facade) as client:
        assert client.get("/Patient/1").status_code == 500
    with pytest.raises(httpx2.ConnectError):
        facade.__exit__(None, None, None)


def test_store_leaves_out_what_is_false(sekmet: str) -> None:
    with Facade(sekmet, update_create=False) as facade, client_of(facade) as client:
        described = client.get(f"{facade.url}/v1/{facade.store}").json()
    assert described == {"name": facade.store, "version": "R4"}


def test_resource_is_written_read_searched_and_deleted_under_addresses_of_the_facade(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client:
        written = client.put("/Patient/one", json=patient("one"))
        assert (written.status_code, written.headers["location"]) == (201, f"{facade.fhir}/Patient/one/_history/1")
        assert client.get("/Patient/one").json()["id"] == "one"
        found = client.get("/Patient", params={"_id": "one"}).json()
        assert [entry["fullUrl"] for entry in found["entry"]] == [f"{facade.fhir}/Patient/one"]
        assert client.delete("/Patient/one").status_code == 200
        assert client.get("/Patient/one").status_code == 410
    assert (facade.written, facade.deleted) == ({"Patient/one": 1}, {"Patient/one": 1})


def test_request_without_a_valid_token_is_unauthenticated_and_reaches_nothing(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client:
        for authorization in ("", "Bearer other"):
            answer = client.put("/Patient/two", json=patient("two"), headers={"Authorization": authorization})
            assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
        facade.expire_token()
        assert client.get("/metadata").status_code == 401
    assert not facade.written


def test_session_of_google_gets_a_new_token_when_its_own_has_expired(sekmet: str) -> None:
    with Facade(sekmet, Faults(token_requests=2)) as facade, AuthorizedSession(facade.credentials()) as session:
        answers = [session.get(f"{facade.fhir}/metadata").status_code for _ in range(5)]
    assert answers == [200] * 5
    assert [status for _, path, status in facade.requests if path != "/token"].count(401) == 2


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


def test_batch_whose_entries_all_fail_answers_200(sekmet: str) -> None:
    with Facade(sekmet, Faults(entry_rates={503: 1})) as facade, client_of(facade) as client:
        assert statuses(client.post(facade.fhir, json=put("f1", "f2"))) == ["503", "503"]
    assert not facade.written


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
        told = [(answer.status_code, answer.headers.get("retry-after")) for answer in answers]
        assert told == [(429, "7"), (503, "7"), (500, None)]
        with pytest.raises(httpx2.TransportError):
            client.put("/Patient/s", json=patient("s"))
        assert not facade.written
        with pytest.raises(httpx2.TransportError):
            client.put("/Patient/s", json=patient("s"))
        assert facade.written == {"Patient/s": 1}
        assert client.put("/Patient/s", json=patient("s")).status_code == 200
    assert [status for _, _, status in facade.requests] == [429, 503, 500, 0, 0, 200]


def test_request_that_comes_again_before_retry_after_is_noted(sekmet: str) -> None:
    with Facade(sekmet, Faults(script=["429"], retry_after_s=60)) as facade, client_of(facade) as client:
        client.get("/Patient/other")
        client.get("/Patient/one")
        assert facade.hasty == []
        client.get("/Patient/other")
    assert [path.rsplit("/", 1)[-1] for _, path in facade.hasty] == ["other"]


def test_rates_draw_the_same_faults_whatever_the_order(sekmet: str) -> None:
    faults = Faults(seed=5, rates={"500": 0.3, "cut_before": 0.2}, only="^GET .*Patient")

    def met(names: list[str]) -> dict[str, int]:
        with Facade(sekmet, faults) as facade, client_of(facade) as client:
            for name in names:
                try:
                    client.get(f"/Patient/{name}")
                except httpx2.TransportError:
                    continue
        return {path: status for _, path, status in facade.requests}

    names = [f"r{number}" for number in range(40)]
    forward = {path.rsplit("/", 1)[-1]: status for path, status in met(names).items()}
    backward = {path.rsplit("/", 1)[-1]: status for path, status in met(names[::-1]).items()}
    assert forward == backward
    assert {0, 404, 500} == set(forward.values())


def test_unknown_kind_of_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="cut_off"):
        Faults(rates={"cut_off": 0.1})


def test_requests_beyond_the_capacity_get_429(sekmet: str) -> None:
    faults = Faults(capacity=2, latency_s=0.3)
    with Facade(sekmet, faults) as facade, client_of(facade) as client, ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.get("/Patient/absent").status_code, range(6)))
    assert facade.most_at_once == 6
    assert (answers.count(404) >= 2, 429 in answers) == (True, True)


def test_update_creates_nothing_where_the_store_does_not_allow_it(sekmet: str) -> None:
    with Facade(sekmet, update_create=False) as facade, client_of(facade) as client:
        assert client.put("/Patient/absent", json=patient("absent")).status_code == 405
        assert statuses(client.post(facade.fhir, json=put("absent"))) == ["405"]
    assert not facade.written


def test_broken_reference_is_refused_unless_the_transaction_mends_it(sekmet: str) -> None:
    with Facade(sekmet) as facade, client_of(facade) as client:
        both = put("i1")
        both["entry"].append(
            {"resource": observation("i2", "Patient/i1"), "request": {"method": "PUT", "url": "Observation/i2"}}
        )
        assert statuses(client.post(facade.fhir, json=both)) == ["201", "422"]
        assert client.put("/Observation/i3", json=observation("i3", "Patient/nobody")).status_code == 422
        assert statuses(client.post(facade.fhir, json=both | {"type": "transaction"})) == ["200", "201"]
        assert client.delete("/Patient/i1").status_code == 409
        assert client.delete("/Observation/i2").status_code == 200
        assert client.delete("/Patient/i1").status_code == 200
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

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from edscribe_pipelines_tests.fhir.servers.clients import client_of, patient, put
from edscribe_pipelines_tests.fhir.servers.discovery import NotInSchema, conforming, methods
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade

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

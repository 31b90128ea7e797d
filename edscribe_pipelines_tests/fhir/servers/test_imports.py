"""fhirStores.import as a session of Google calls it, from the Cloud Storage emulator into sekmet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.auth.transport.requests import AuthorizedSession

from edscribe_pipelines_tests.fhir.servers.clients import observation, patient, put
from edscribe_pipelines_tests.fhir.servers.gcs import running_bucket
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    with running_bucket("exports") as made:
        yield made


def lines(*resources: dict[str, Any]) -> str:
    return "\n".join(map(json.dumps, resources))


def imported(session: AuthorizedSession, facade: Facade, uri: str, structure: str | None = "RESOURCE") -> list[Any]:
    """Start an import and return what its operation said, poll by poll, until it was done."""
    body = {"gcsSource": {"uri": uri}, **({"contentStructure": structure} if structure else {})}
    started = session.post(f"{facade.url}/v1/{facade.store}:import", json=body)
    assert (started.status_code, "done" in started.json()) == (200, False)
    said = []
    while not said or "done" not in said[-1]:
        said.append(session.get(f"{facade.url}/v1/{started.json()['name']}").json())
    return said


def test_resources_of_all_matching_objects_are_written_without_regard_to_settings(sekmet: str, bucket: Any) -> None:
    bucket.blob("march/Patient.ndjson").upload_from_string(lines(patient("m1"), patient("m2")))
    bucket.blob("march/Observation.ndjson").upload_from_string(lines(observation("m3", "Patient/nobody")))
    bucket.blob("march/deeper/Patient.ndjson").upload_from_string(lines(patient("m4")))
    facade = Facade(sekmet, Faults(import_polls=3), update_create=False)
    with facade, AuthorizedSession(facade.credentials()) as session:
        said = imported(session, facade, "gs://exports/march/*.ndjson")
    assert len(said) >= 3
    assert said[0]["metadata"]["counter"] == {"pending": "1"}
    assert said[-1]["metadata"]["counter"] == {"success": "3"}
    assert said[-1]["response"]["@type"].endswith("ImportResourcesResponse")
    assert facade.written == {"Patient/m1": 1, "Patient/m2": 1, "Observation/m3": 1}


def test_failed_resources_are_counted_and_logged_and_the_others_stay(sekmet: str, bucket: Any) -> None:
    rows = lines(patient("p1"), patient("p2"), {"resourceType": "Patient", "id": "p3", "unknown": 1})
    bucket.blob("april/all.ndjson").upload_from_string(f"{rows}\nno json\n")
    facade = Facade(sekmet, Faults(refused={"Patient/p2": 422}))
    with facade, AuthorizedSession(facade.credentials()) as session:
        done = imported(session, facade, "gs://exports/april/**.ndjson")[-1]
        query = {"resourceNames": ["projects/p"], "filter": f'operation.id="{done["name"]}"', "pageSize": 2}
        pages = [session.post(f"{facade.url}/v2/entries:list", json=query).json()]
        query["pageToken"] = pages[0]["nextPageToken"]
        pages.append(session.post(f"{facade.url}/v2/entries:list", json=query).json())
    assert done["metadata"]["counter"] == {"success": "1", "failure": "3"}
    payloads = [entry["jsonPayload"] for page in pages for entry in page["entries"]]
    assert {payload.get("resourceId") for payload in payloads} == {None, "Patient/p2", "Patient/p3"}
    assert {payload["source"] for payload in payloads} == {"gs://exports/april/all.ndjson"}
    assert "nextPageToken" not in pages[1]


def test_content_structure_is_bundle_where_none_is_said(sekmet: str, bucket: Any) -> None:
    bucket.blob("may/b.ndjson").upload_from_string(lines(put("q1", "q2"), patient("q3")))
    facade = Facade(sekmet)
    with facade, AuthorizedSession(facade.credentials()) as session:
        done = imported(session, facade, "gs://exports/may/b.ndjson", structure=None)[-1]
    assert done["metadata"]["counter"] == {"success": "2", "failure": "1"}
    assert facade.written == {"Patient/q1": 1, "Patient/q2": 1}


def test_import_without_an_object_ends_in_an_error(sekmet: str, bucket: Any) -> None:
    facade = Facade(sekmet)
    with facade, AuthorizedSession(facade.credentials()) as session:
        done = imported(session, facade, "gs://exports/none/*")[-1]
    assert (done["error"]["code"], "response" in done) == (5, False)


def test_request_with_a_field_that_is_not_published_is_refused(sekmet: str) -> None:
    facade = Facade(sekmet)
    with facade, AuthorizedSession(facade.credentials()) as session:
        body = {"gcsSource": {"uri": "gs://exports/x"}, "gcsErrorDestination": {}}
        answer = session.post(f"{facade.url}/v1/{facade.store}:import", json=body)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert "gcsErrorDestination" in answer.json()["error"]["message"]

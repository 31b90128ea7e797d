"""What delivery relies on in the server behind the facade."""

from __future__ import annotations

import httpx2

from edscribe_pipelines_tests.fhir.servers.clients import patient, put, statuses


def test_failed_transaction_leaves_nothing_behind(sekmet: str) -> None:
    bundle = put("rolled", "back", kind="transaction")
    bundle["entry"][1]["resource"]["unknown"] = 1
    answer = httpx2.post(sekmet, json=bundle)
    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")
    assert httpx2.get(f"{sekmet}/Patient/rolled").status_code == 404


def test_update_makes_a_new_version_of_the_same_id(sekmet: str) -> None:
    versions = [httpx2.put(f"{sekmet}/Patient/v", json=patient("v")).headers["etag"] for _ in range(2)]
    assert versions == ['W/"1"', 'W/"2"']


def test_create_on_condition_of_an_identifier_finds_what_is_there(sekmet: str) -> None:
    named = {"resourceType": "Patient", "identifier": [{"system": "urn:invented", "value": "7"}]}
    entry = {"resource": named, "request": {"method": "POST", "url": "Patient"}}
    entry["request"]["ifNoneExist"] = "identifier=urn:invented|7"
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    assert [statuses(httpx2.post(sekmet, json=bundle)) for _ in range(2)] == [["201"], ["200"]]
    assert httpx2.get(f"{sekmet}/Patient", params={"identifier": "urn:invented|7"}).json()["total"] == 1

"""What goes wrong on demand, seen by a client of the facade."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from google.auth.transport.requests import AuthorizedSession

from edscribe_pipelines_tests.fhir.servers.clients import client_of, patient, put, statuses
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults


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


def test_client_that_is_killed_while_it_sends_is_no_failure_of_the_facade(sekmet: str) -> None:
    with Facade(sekmet) as facade:
        with socket.create_connection(("127.0.0.1", int(facade.url.rpartition(":")[2]))) as killed:
            killed.sendall(b"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        with client_of(facade) as client:
            assert client.get("/Patient/absent").status_code == 404
    assert [status for _, _, status in facade.requests] == [404]


def test_search_finds_what_was_just_written_by_identifier_alone(sekmet: str) -> None:
    named = patient("lag") | {"identifier": [{"system": "urn:invented", "value": "lag"}]}
    with Facade(sekmet, Faults(search_lag_s=60)) as facade, client_of(facade) as client:
        client.put("/Patient/lag", json=named)
        assert client.get("/Patient", params={"_id": "lag"}).json()["entry"] == []
        assert client.get("/Patient", params={"identifier": "urn:invented|lag"}).json()["total"] == 1
        assert client.get("/Patient/lag").status_code == 200
        facade.faults = Faults()
        assert client.get("/Patient", params={"_id": "lag"}).json()["total"] == 1

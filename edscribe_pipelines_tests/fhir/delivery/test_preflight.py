"""What servers say of themselves, and that it is followed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.preflight import Preflight, run_preflight
from edscribe_pipelines.fhir.delivery.target import target_of
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.delivery.exports import google_settings, settings_for
from edscribe_pipelines_tests.fhir.delivery.test_month import QUICK
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade


@contextmanager
def saying(statement: dict[str, Any], headers: dict[str, str] | None = None) -> Iterator[str]:
    """Yield the address of a server that answers every GET with `statement`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, text in (headers or {}).items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(json.dumps(statement).encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/fhir"
        server.shutdown()


def looked_at(settings: Settings) -> Preflight:
    target = target_of(settings)
    assert target is not None
    return run_preflight(target, settings, QUICK)


def capabilities(
    version: str = "4.0.1", codes: tuple[str, ...] = ("transaction", "batch"), **rest: Any
) -> dict[str, Any]:
    interactions = [{"code": code} for code in codes]
    return {"fhirVersion": version, "rest": [{"mode": "server", "interaction": interactions, **rest}]}


def test_sekmet_and_the_facade_are_fit(sekmet: str, tmp_path: Path) -> None:
    looked_at(settings_for(tmp_path, sekmet)).require()
    with Facade(sekmet) as facade:
        looked_at(google_settings(tmp_path, facade)).require()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (capabilities("5.0.0"), "is an R4 server: no"),
        (capabilities(resource=[{"type": "Patient", "updateCreate": False}]), "update-create is on: no"),
    ],
)
def test_server_that_is_not_fit_is_told_with_a_remedy(tmp_path: Path, statement: dict[str, Any], told: str) -> None:
    with saying(statement) as base, pytest.raises(BadInput, match=told):
        looked_at(settings_for(tmp_path, base)).require()


def test_server_without_transactions_gets_batches(tmp_path: Path) -> None:
    with saying(capabilities(codes=("batch",))) as base:
        assert looked_at(settings_for(tmp_path, base)).bundle_type == "batch"
    with saying(capabilities()) as base:
        assert looked_at(settings_for(tmp_path, base)).bundle_type == "transaction"


def test_rate_limit_that_is_told_is_shown(tmp_path: Path) -> None:
    with saying(capabilities(), {"RateLimit": '"fhir";r=9;t=3'}) as base:
        told = [finding.what for finding in looked_at(settings_for(tmp_path, base)).findings]
    assert 'tells a rate limit, ratelimit: "fhir";r=9;t=3' in told


@pytest.mark.parametrize(("change", "told"), [({"store": "x"}, "the store exists"), ({"token": "x"}, "credentials")])
def test_absent_store_and_wrong_token_are_told(sekmet: str, tmp_path: Path, change: dict[str, str], told: str) -> None:
    with Facade(sekmet) as facade:
        store = facade.store + change.get("store", "")
        facade.token = change.get("token", facade.token)
        with pytest.raises(BadInput, match=told):
            looked_at(google_settings(tmp_path, facade, store)).require()


def test_address_where_nobody_listens_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="answers: no"):
        looked_at(settings_for(tmp_path, "http://127.0.0.1:9/fhir")).require()

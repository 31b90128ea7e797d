"""What the tests of the servers send."""

from __future__ import annotations

from typing import Any

import httpx2

from edscribe_pipelines_tests.fhir.servers.healthcare import Facade


def client_of(facade: Facade) -> httpx2.Client:
    """Return a client of the FHIR base that has the present token."""
    headers = {"Authorization": f"Bearer {facade.token}", "Content-Type": "application/fhir+json"}
    return httpx2.Client(base_url=facade.fhir, headers=headers, timeout=60)


def patient(name: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name}


def observation(name: str, subject: str) -> dict[str, Any]:
    about = {"status": "final", "code": {"text": "invented"}, "subject": {"reference": subject}}
    return {"resourceType": "Observation", "id": name, **about}


def put(*names: str, kind: str = "batch") -> dict[str, Any]:
    """Return a bundle that writes a Patient of each name."""
    entries = [{"resource": patient(name), "request": {"method": "PUT", "url": f"Patient/{name}"}} for name in names]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def statuses(answer: httpx2.Response) -> list[str]:
    """Return the status codes of a bundle's entries."""
    return [entry["response"]["status"][:3] for entry in answer.json()["entry"]]

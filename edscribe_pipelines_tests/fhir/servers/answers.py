"""Answers as Google writes them: errors of the API around FHIR, and OperationOutcomes of FHIR itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""google.rpc.Code by HTTP status."""

_ISSUE = {
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    429: "throttled",
    503: "transient",
}
"""IssueType of FHIR R4 by HTTP status; of others, `invalid` below 500 and `exception` from there on."""


def google_json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def google_error(code: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return google_json({"error": {"code": code, "message": message, "status": _STATUS[code]}}, code, headers)


def fhir_json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/fhir+json")


def outcome(status: int, text: str) -> dict[str, Any]:
    code = _ISSUE.get(status, "invalid" if status < 500 else "exception")
    issue = {"severity": "error", "code": code, "details": {"text": text}, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def fhir_error(status: int, text: str) -> Response:
    return fhir_json(outcome(status, text), status)


def failed_entry(status: int, text: str) -> dict[str, Any]:
    """Return an entry of a batch-response that failed."""
    return {"response": {"status": f"{status} {HTTPStatus(status).phrase}", "outcome": outcome(status, text)}}

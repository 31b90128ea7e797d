"""Answers as Google writes them: errors of the API around FHIR, and OperationOutcomes of FHIR itself."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
"""google.rpc.Code by HTTP status."""

_ISSUE = {400: "invalid", 404: "not-found", 405: "not-supported", 409: "conflict", 413: "too-long", 422: "processing"}
_ISSUE |= {412: "conflict", 415: "not-supported", 429: "throttled", 500: "exception", 503: "transient"}
"""IssueType of FHIR R4 by HTTP status."""

_REASON = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 412: "Precondition Failed"}
_REASON |= {413: "Content Too Large", 422: "Unprocessable Entity", 429: "Too Many Requests"}
_REASON |= {500: "Internal Server Error", 503: "Service Unavailable"}


def google_json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def google_error(code: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return google_json({"error": {"code": code, "message": message, "status": _STATUS[code]}}, code, headers)


def fhir_json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/fhir+json")


def outcome(status: int, text: str) -> dict[str, Any]:
    issue = {"severity": "error", "code": _ISSUE[status], "details": {"text": text}, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def fhir_error(status: int, text: str) -> Response:
    return fhir_json(outcome(status, text), status)


def failed_entry(status: int, text: str) -> dict[str, Any]:
    """Return an entry of a batch-response that failed."""
    return {"response": {"status": f"{status} {_REASON[status]}", "outcome": outcome(status, text)}}

"""Bundles: each entry says which resource it is and, in a transaction or batch, what to do with it."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.validation.problem import reference_to


def bundled(resource: Resource) -> list[Resource]:
    """Return the resources inside a Bundle, none of any other resource."""
    entries = resource.get("entry") if resource.get("resourceType") == "Bundle" else None
    if not isinstance(entries, list):
        return []
    found = [entry.get("resource") for entry in entries if isinstance(entry, dict)]
    return [inside for inside in found if isinstance(inside, dict)]


def without_resources(resource: Resource) -> Resource:
    """Return a Bundle without the resources in it, and any other resource as it is."""
    if resource["resourceType"] != "Bundle" or "entry" not in resource:
        return resource
    bare = [{name: value for name, value in entry.items() if name != "resource"} for entry in resource["entry"]]
    return resource | {"entry": bare}


def bundle_rules(bundle: Resource) -> Iterator[str]:
    entries = bundle.get("entry", [])
    is_sent = bundle.get("type") in ("transaction", "batch")
    urls = [entry["fullUrl"] for entry in entries if "fullUrl" in entry]
    if len(set(urls)) < len(urls):
        yield "invariant:bdl-7"
    for entry in entries:
        if is_sent != ("request" in entry):
            yield "invariant:bdl-3"
        if "resource" in entry:
            yield from _entry_rules(entry)


def _entry_rules(entry: Resource) -> Iterator[str]:
    reference, request = reference_to(entry["resource"]), entry.get("request", {})
    full_url = entry.get("fullUrl", reference)
    if not full_url.startswith("urn:uuid:") and not f"/{full_url}".endswith(f"/{reference}"):
        yield "bundle-full-url"
    if request.get("method") == "PUT" and request.get("url") != reference:
        yield "bundle-request-url"

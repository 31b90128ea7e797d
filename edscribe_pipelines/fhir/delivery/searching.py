"""Searches on a target, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from edscribe_pipelines.fhir.delivery.sending import Patience, ask
from edscribe_pipelines.fhir.delivery.target import Target
from edscribe_pipelines.fhir.delivery.wire import Wire

if TYPE_CHECKING:
    from edscribe_pipelines.fhir.elements import Resource


async def pages(wire: Wire, target: Target, query: str, patience: Patience) -> AsyncIterator[Resource]:
    """Yield each page of a search, `Type?parameters`, as far as the target answers with searchsets.

    A link to another address is not followed: it would be told our token.
    """
    url: str | None = f"{target.base}/{query}"
    while url and url.startswith(target.base):
        page = (await ask(wire, target, url, patience)).json()
        if not isinstance(page, dict) or page.get("resourceType") != "Bundle":
            return
        yield page
        url = next((link["url"] for link in page.get("link", []) if link.get("relation") == "next"), None)

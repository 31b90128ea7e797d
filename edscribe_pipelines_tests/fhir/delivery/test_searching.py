import asyncio
from pathlib import Path

from edscribe_pipelines.fhir.delivery.month import deliver
from edscribe_pipelines.fhir.delivery.searching import pages
from edscribe_pipelines.fhir.delivery.target import target_of
from edscribe_pipelines.fhir.delivery.wire import open_wire
from edscribe_pipelines_tests.fhir.delivery.exports import MONTH, device_of, google_settings, invented, write_export
from edscribe_pipelines_tests.fhir.delivery.test_month import QUICK
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade


def test_search_is_followed_over_all_its_pages(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("pages", 5), "pages-eeee")
    with Facade(sekmet) as facade:
        settings = google_settings(tmp_path / "store", facade)
        target = target_of(settings)
        assert target is not None
        deliver(export, MONTH, settings, target, patience=QUICK)

        async def sizes() -> list[int]:
            async with open_wire(target, settings) as wire:
                query = f"Provenance?agent={device_of('pages-eeee')}&_count=2"
                return [len(page["entry"]) async for page in pages(wire, target, query, QUICK)]

        assert asyncio.run(sizes()) == [2, 2, 1]

import asyncio
from pathlib import Path

import httpx2

from edscribe_pipelines.fhir.delivery.ledger import open_ledger
from edscribe_pipelines.fhir.delivery.month import deliver
from edscribe_pipelines.fhir.delivery.reading_back import ReadBack, read_back
from edscribe_pipelines.fhir.delivery.target import target_of
from edscribe_pipelines.fhir.delivery.wire import open_wire
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.delivery.exports import MONTH, google_settings, invented, write_export
from edscribe_pipelines_tests.fhir.delivery.test_month import QUICK
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade


def found(settings: Settings) -> ReadBack:
    target = target_of(settings)
    assert target is not None

    async def run() -> ReadBack:
        with open_ledger(settings.store, target.name) as ledger:
            async with open_wire(target, settings) as wire:
                return await read_back(wire, target, ledger, MONTH, patience=QUICK)

    return asyncio.run(run())


def test_what_somebody_changed_or_removed_on_the_target_is_found(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("read", 1))
    with Facade(sekmet) as facade:
        settings = google_settings(tmp_path / "store", facade)
        target = target_of(settings)
        assert target is not None
        assert deliver(export, MONTH, settings, target, patience=QUICK).is_whole
        assert (found(settings).absent, found(settings).differing) == ((), ())
        patient = httpx2.get(f"{sekmet}/Patient/p-read-0").json() | {"gender": "other"}
        httpx2.put(f"{sekmet}/Patient/p-read-0", json=patient, headers={"Content-Type": "application/fhir+json"})
        httpx2.delete(f"{sekmet}/Composition/e-read-0-note")
        after = found(settings)
    assert after.differing == ("Patient/p-read-0",)
    assert after.absent == ("Composition/e-read-0-note",)
    assert not after.is_whole

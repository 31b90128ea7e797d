from pathlib import Path

import orjson

from edscribe_pipelines.fhir.delivery.month import deliver
from edscribe_pipelines.fhir.delivery.target import target_of
from edscribe_pipelines_tests.fhir.delivery.exports import (
    MONTH,
    hashes_of,
    held_by,
    invented,
    settings_for,
    write_export,
)


def test_folder_holds_the_export_once_as_ndjson_and_as_bundles(sekmet: str, tmp_path: Path) -> None:
    import httpx2

    export = write_export(tmp_path / "export", invented("folder", 5))
    settings = settings_for(tmp_path / "store", str(tmp_path / "out"))
    target = target_of(settings)
    assert target is not None
    first = deliver(export, MONTH, settings, target)
    expected = hashes_of(export)
    (folder,) = (tmp_path / "out").iterdir()
    assert first.sent.done == len(expected)
    bundles = (folder / "bundles.ndjson").read_bytes().splitlines()
    for line in bundles:
        answer = httpx2.post(sekmet, content=line, headers={"Content-Type": "application/fhir+json"}, timeout=60)
        assert answer.status_code == 200
    assert held_by(sekmet, list(expected)) == expected
    (folder / "bundles.ndjson").unlink()
    assert hashes_of(folder) == expected
    second = deliver(export, MONTH, settings, target)
    assert (second.sent.done, list((tmp_path / "out").iterdir())) == (0, [folder])


def test_delivery_that_was_killed_before_its_ledger_knew_adds_no_second_folder(tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("killed", 2))
    settings = settings_for(tmp_path / "store", str(tmp_path / "out"))
    target = target_of(settings)
    assert target is not None
    deliver(export, MONTH, settings, target)
    (tmp_path / "store" / "fhir_delivery.sqlite").unlink()
    deliver(export, MONTH, settings, target)
    (folder,) = (tmp_path / "out").iterdir()
    assert all("resourceType" in orjson.loads(line) for path in folder.iterdir() for line in path.open("rb"))
